import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { AdminCalls } from "./admin-calls.ts";
import { findGarage, type GarageVersion } from "./binary.ts";
import { createCheapToken } from "./cheap-token.ts";
import { formCluster } from "./layout.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { memoryFolder } from "../process/memory-folder.ts";
import { isListening } from "../process/is-listening.ts";

/** A running node of Garage on 127.0.0.1. */
export interface GarageServer extends AsyncDisposable {
  readonly version: GarageVersion;
  readonly rpcPort: number;
  readonly adminPort: number;
  readonly s3Port: number;
  readonly webPort: number;
  /** Region of its S3 API. */
  readonly region: string;
  /** A bucket with a website answers at the host name `ALIAS.<this>`. */
  readonly rootDomain: string;
  /** An admin token that permits everything, and the file that contains it. */
  readonly token: string;
  readonly tokenFile: string;
  readonly admin: AdminCalls;
  /** What it has logged so far: one line per request. */
  log(): Promise<string>;
}

export interface GarageOptions {
  readonly version?: GarageVersion;
  /** Number of nodes, each of which stores all data; 1 by default. */
  readonly nodes?: number;
  /** Whether the nodes get no layout, so that they store nothing. */
  readonly isWithoutLayout?: boolean;
}

/** Secrets that the nodes of a cluster share. */
interface ClusterSecrets {
  readonly rpc: string;
  readonly token: string;
}

const region = "garage";
const rootDomain = "web.localhost";

/** Starts Garage with one node. Throws `ServerUnavailable` if it is not found. */
export async function startGarage(version: GarageVersion = "2.5.0"): Promise<GarageServer> {
  const [server] = await startGarageCluster({ version });
  if (server === undefined) throw new TypeError("A cluster without a node");
  if (version === "1.3.0") return server;
  const { admin, adminPort, tokenFile } = server;
  const token = await createCheapToken(admin, dirname(tokenFile));
  await writeFile(tokenFile, token);
  return { ...server, token, admin: new AdminCalls(adminPort, token) };
}

/** Starts all nodes of a cluster; the caller disposes of each. */
export async function startGarageCluster(options: GarageOptions): Promise<readonly GarageServer[]> {
  const { version = "2.5.0", nodes = 1, isWithoutLayout = false } = options;
  const secrets = { rpc: randomBytes(32).toString("hex"), token: `token${randomBytes(16).toString("hex")}` };
  const started: GarageServer[] = [];
  try {
    for (let node = 0; node < nodes; node++) started.push(await startNode(version, secrets, nodes));
    if (!isWithoutLayout) await formCluster(started);
    return started;
  } catch (error) {
    for (const server of started) await server[Symbol.asyncDispose]();
    throw error;
  }
}

async function startNode(version: GarageVersion, secrets: ClusterSecrets, nodes: number): Promise<GarageServer> {
  const program = findGarage(version);
  const folder = await mkdtemp(join(memoryFolder() ?? tmpdir(), "nixops4-garage-"));
  const [rpcPort, adminPort, s3Port, webPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const place = { rpcPort, adminPort, s3Port, webPort };
  const [tokenFile, logFile, settings] = [join(folder, "token"), join(folder, "log"), join(folder, "garage.toml")];
  await mkdir(join(folder, "data"));
  await writeFile(tokenFile, secrets.token, { mode: 0o600 });
  await writeFile(settings, settingsText(folder, place, secrets, nodes), { mode: 0o600 });
  const guarded = startGuarded({
    command: [program, "-c", settings, "server"],
    // As ourselves: another account may be unable to read the cache.
    account: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    folder,
    stopSignal: "TERM",
    logFile,
  });
  await guarded.waitUntil(async () => (await isListening(adminPort)) && (await isListening(s3Port)));
  return {
    ...place,
    version,
    region,
    rootDomain,
    token: secrets.token,
    tokenFile,
    admin: new AdminCalls(adminPort, secrets.token),
    log: async () => (await readFile(logFile, "utf8")).replaceAll(colours, ""),
    [Symbol.asyncDispose]: async () => await guarded[Symbol.asyncDispose](),
  };
}

/** Its log has colours, also in a file. */
// oxlint-disable-next-line no-control-regex -- that is how colours begin
const colours = /\u001b\[\d+m/g;

type Ports = Pick<GarageServer, "rpcPort" | "adminPort" | "s3Port" | "webPort">;

/** Source: https://garagehq.deuxfleurs.fr/documentation/reference-manual/configuration/ */
const settingsText = (folder: string, ports: Ports, secrets: ClusterSecrets, nodes: number): string => `
metadata_dir = "${folder}/meta"
data_dir = "${folder}/data"
db_engine = "sqlite"
replication_factor = ${nodes}
rpc_bind_addr = "127.0.0.1:${ports.rpcPort}"
rpc_public_addr = "127.0.0.1:${ports.rpcPort}"
rpc_secret = "${secrets.rpc}"

[s3_api]
s3_region = "${region}"
api_bind_addr = "127.0.0.1:${ports.s3Port}"
# Names of virtual hosts, beside paths.
root_domain = ".s3.localhost"

[s3_web]
bind_addr = "127.0.0.1:${ports.webPort}"
root_domain = ".${rootDomain}"

[admin]
api_bind_addr = "127.0.0.1:${ports.adminPort}"
admin_token = "${secrets.token}"
`;
