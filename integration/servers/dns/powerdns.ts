import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { request, type IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { dig } from "./dig.ts";
import { keysWithRights } from "./keys.ts";
import { startDnsServer, type DnsAddress, type DnsServer } from "./server.ts";
import { testZones, zoneFile, type TestZone } from "./zones.ts";
import { freePort } from "../process/free-port.ts";
import { writePrivateFile } from "../process/private-file.ts";
import { ServerUnavailable } from "../server-unavailable.ts";
import { unprivilegedAccount } from "../process/unprivileged-account.ts";

export interface PowerdnsAddress extends DnsAddress {
  /** Port of the HTTP API. */
  apiPort: number;
  /** File with the value of the header X-API-Key. */
  apiKeyFile: string;
}

const schema = "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql";

/** Starts Debian's PowerDNS with SQLite, its HTTP API and dynamic updates, and creates the test zones with the API. */
export async function startPowerdns(): Promise<DnsServer<PowerdnsAddress>> {
  const server = await startDnsServer<PowerdnsAddress>({
    program: "pdns_server",
    package: "pdns-server",
    isReady,
    async prepare(folder, place) {
      const apiKey = randomBytes(18).toString("base64url");
      const apiKeyFile = await writePrivateFile(join(folder, "api-key"), apiKey);
      const address = { ...place, apiPort: await freePort(), apiKeyFile };
      await writePrivateFile(join(folder, "pdns.conf"), settingsText(folder, address, apiKey));
      await mkdir(join(folder, "no-more-settings"));
      await makeDatabase(join(folder, "database"));
      return { args: [`--config-dir=${folder}`], address };
    },
  });
  try {
    await makeZones(server.address);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * Calls the API with a path below `/api/v1/servers/localhost/`. Returns the answer, or null if it is empty. Throws the
 * server's message if the status is no success. Source: https://doc.powerdns.com/authoritative/http-api/
 */
export async function callApi(
  address: PowerdnsAddress,
  method: Method,
  path: string,
  body?: unknown,
): Promise<unknown> {
  const { status, words } = await send(address, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${words}`);
  return words === "" ? null : JSON.parse(words);
}

/** Number of write requests to the API so far, from the server's log. */
export async function apiWrites({ pidFile, logFile }: PowerdnsAddress): Promise<number> {
  while (await isWorking(Number(await readFile(pidFile, "utf8")))) await setTimeout(1);
  const log = await readFile(logFile, "utf8");
  return [...log.matchAll(/\[webserver\] \S+ \S+ "(?:POST|PUT|PATCH|DELETE) /g)].length;
}

/**
 * Whether a thread of the process runs or wants to run. PowerDNS serves each connection in a thread of its own, which
 * first answers and then logs the request: on a busy machine the lines of later requests can come first.
 */
async function isWorking(pid: number): Promise<boolean> {
  const tasks = `/proc/${pid}/task`;
  // A thread may end in the meantime.
  const stats = (await readdir(tasks)).map((id) => readFile(join(tasks, id, "stat"), "utf8").catch(() => ""));
  return (await Promise.all(stats)).some((stat) => /\) [RD] [^)]*$/.test(stat));
}

async function send(
  { host, apiPort, apiKeyFile }: PowerdnsAddress,
  method: Method,
  path: string,
  body?: unknown,
): Promise<{ status: number; words: string }> {
  const headers = { "X-API-Key": await readFile(apiKeyFile, "utf8") };
  const url = `http://${host}:${apiPort}/api/v1/servers/localhost/${path}`;
  const sent = request(url, { method, headers }).end(body === undefined ? undefined : JSON.stringify(body));
  const [answer]: IncomingMessage[] = await once(sent, "response");
  return { status: answer?.statusCode ?? 0, words: answer === undefined ? "" : await text(answer) };
}

/** Whether its API and its name server answer, even without a zone. */
async function isReady(address: PowerdnsAddress): Promise<boolean> {
  try {
    await callApi(address, "GET", "zones");
    // Not one of the later zones, since the server caches that a zone is missing.
    await dig(address, "no-such-zone.invalid", "SOA");
    return true;
  } catch (error) {
    if (error instanceof ServerUnavailable) throw error;
    return false;
  }
}

/** Source: https://doc.powerdns.com/authoritative/settings.html */
function settingsText(folder: string, { port, apiPort }: PowerdnsAddress, apiKey: string): string {
  return `launch=gsqlite3
gsqlite3-database=${folder}/database
gsqlite3-dnssec=yes
# The data need not survive a power failure.
gsqlite3-pragma-synchronous=0
include-dir=${folder}/no-more-settings
socket-dir=${folder}
local-address=127.0.0.1
local-port=${port}
daemon=no
guardian=no
primary=yes
dnsupdate=yes
allow-dnsupdate-from=127.0.0.0/8
api=yes
api-key=${apiKey}
webserver-address=127.0.0.1
webserver-port=${apiPort}
webserver-allow-from=127.0.0.1
# Log each request with its method, without headers.
webserver-loglevel=normal
loglevel=6
security-poll-suffix=
`;
}

async function makeDatabase(file: string): Promise<void> {
  if (!existsSync(schema))
    throw new ServerUnavailable("PowerDNS' SQLite backend is not installed (Debian's package is pdns-backend-sqlite3)");
  await promisify(execFile)("sqlite3", [file, `.read ${schema}`], { ...unprivilegedAccount(), cwd: "/" });
}

async function makeZones(address: PowerdnsAddress): Promise<void> {
  const signing = keysWithRights(address.keys);
  for (const { name, algorithm, secretFile } of Object.values(address.keys)) {
    await callApi(address, "POST", "tsigkeys", { name, algorithm, key: (await readFile(secretFile, "utf8")).trim() });
  }
  const updaters: Record<TestZone["updates"], readonly string[] | undefined> = {
    signed: signing.map(({ name }) => name),
    others: [address.keys.rightless.name],
    // Without this metadata, PowerDNS allows it to anybody.
    unsigned: undefined,
  };
  for (const zone of testZones) {
    const path = `zones/${zone.name}.`;
    await callApi(address, "POST", "zones", { name: `${zone.name}.`, kind: "Master", zone: zoneFile(zone) });
    await callApi(address, "PUT", path, { master_tsig_key_ids: signing.map(({ name }) => `${name}.`) });
    const metadata = updaters[zone.updates];
    if (metadata !== undefined)
      await callApi(address, "POST", `${path}/metadata`, { kind: "TSIG-ALLOW-DNSUPDATE", metadata });
  }
}
