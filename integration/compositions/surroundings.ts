import { spawnSync } from "node:child_process";
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import type { DnsServer } from "@nixops4-resources/integration-servers/dns/server";
import { startGarage, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { startLldap, type LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import {
  startPostgres,
  superuserLogin,
  type PostgresServer,
} from "@nixops4-resources/integration-servers/postgres/postgres";
import { qcow2 } from "@nixops4-resources/integration-servers/proxmox/qcow2";
import { startEmulator, type EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import { freePort } from "@nixops4-resources/integration-servers/process/free-port";
import { makeKey, startSshd, type SshdServer } from "@nixops4-resources/integration-servers/sshd";
import { createAccount } from "@nixops4-resources/proxmox/src/testing/account.ts";
import { vmRights } from "@nixops4-resources/proxmox/src/testing/rights.ts";
import { generateX25519Identity } from "age-encryption";
import { Client } from "pg";
import * as z from "zod/mini";

/** The operators of nixops4.nix. */
const operators = ["alice", "bob"] as const;
type Operator = (typeof operators)[number];

const providers = join(import.meta.dirname, "../../providers");

/** The servers of a hosting provider, and the credentials of its operators there. */
export interface Surroundings extends AsyncDisposable {
  readonly postgres: PostgresServer;
  /** The server of another hosting provider. */
  readonly otherPostgres: PostgresServer;
  readonly dns: DnsServer;
  readonly garage: GarageServer;
  readonly lldap: LldapServer;
  readonly proxmox: EmulatedServer;
  /** Credentials, secrets and files of all machines. */
  readonly folder: string;
  /** The environment of nixops4.nix, except for the variant. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts all servers. Throws `ServerUnavailable` if the program of one is missing. */
export async function makeSurroundings(): Promise<Surroundings> {
  const started = new AsyncDisposableStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), "nixops4-compositions-"));
    started.defer(() => rm(folder, { recursive: true }));
    const postgres = started.use(await startPostgres({ version: 18 }));
    const otherPostgres = started.use(await startPostgres({ version: 18 }));
    const dns = started.use(await startKnot());
    const garage = started.use(await startGarage());
    const lldap = started.use(await startLldap());
    const proxmox = started.use(await startEmulator({ nodes: ["pve1"] }));
    await prepareFolder(folder);
    const ssh = await startMachines(started, folder, proxmox);

    for (const operator of operators) {
      const write = (name: string, text: string): Promise<void> =>
        writeFile(join(folder, `${operator}-${name}`), text, { mode: 0o600 });
      await write("postgres", "the password of an operator");
      for (const server of [postgres, otherPostgres]) await createRole(server, operator, "the password of an operator");
      await write("garage", await createToken(garage, operator));
      await write("proxmox", await createTenant(proxmox, operator));
      await write("smtp", `a password with "quotes", $ and %`);
      const { sha256, rightless } = dns.address.keys;
      await copyFile(operator === "alice" ? sha256.secretFile : rightless.secretFile, join(folder, `${operator}-tsig`));
    }
    await copyFile(lldap.passwordFile, join(folder, "lldap"));

    const environment = {
      APPS_FOLDER: folder,
      APPS_NODE: process.execPath,
      APPS_PROVIDERS: providers,
      APPS_POSTGRES_PORT: String(postgres.address.port),
      APPS_OTHER_POSTGRES_PORT: String(otherPostgres.address.port),
      APPS_GARAGE_URL: `http://127.0.0.1:${garage.adminPort}`,
      APPS_S3_URL: `http://127.0.0.1:${garage.s3Port}`,
      APPS_DNS_PORT: String(dns.address.port),
      APPS_LLDAP_URL: lldap.url,
      APPS_LLDAP_BASE_DN: lldap.baseDn,
      APPS_LDAP_URL: lldap.ldapUrl,
      APPS_LDAP_PORT: String(lldap.ldapPort),
      APPS_PROXMOX_URL: proxmox.url,
      APPS_PROXMOX_CA_FILE: proxmox.caFile,
      APPS_IMAGE: await uploadImage(proxmox, folder),
      ...ssh,
    };
    const kept = started.move();
    return {
      postgres,
      otherPostgres,
      dns,
      garage,
      lldap,
      proxmox,
      folder,
      environment,
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  } finally {
    await started.disposeAsync();
  }
}

async function prepareFolder(folder: string): Promise<void> {
  // Services look up the names of their secrets.
  await chmod(folder, 0o711);
  for (const name of ["nixos", ...operators.map((operator) => `${operator}-secrets`)])
    await mkdir(join(folder, name), { mode: 0o700 });
  await writeFile(join(folder, "age-identity"), `${await generateX25519Identity()}\n`, { mode: 0o600 });
  await makeKey(join(folder, "identity"));
  await mkdir(join(folder, "bin"));
  // There is no systemd in the tests: no unit runs.
  await writeFile(join(folder, "bin/systemctl"), "#!/bin/sh\necho inactive\nexit 3\n", { mode: 0o755 });
}

/** An SSH server for each machine, whose host key the machine's guest agent tells. The last machine exists already. */
async function startMachines(
  started: AsyncDisposableStack,
  folder: string,
  proxmox: EmulatedServer,
): Promise<Record<string, string>> {
  const identityFile = join(folder, "identity");
  const path = `${join(folder, "bin")}:${process.env["PATH"]}`;
  const port = await freePort();
  let hostKey = "";
  for (const [index] of operators.entries())
    for (const application of [1, 2, 3]) {
      const host = `127.0.1.${index + 1}${application}`;
      const { address }: SshdServer = started.use(await startSshd({ host, port, identityFile, path }));
      ({ hostKey } = address);
      const files = { "/etc/ssh/ssh_host_ed25519_key.pub": `${address.hostKey}\n` };
      const vmid = (index + 1) * 1000 + application;
      await proxmox.fault({ fault: "agent", vmid, agent: { interfaces: [], files } });
    }
  return {
    APPS_HOST_KEY: hostKey,
    APPS_SSH_PORT: String(port),
    APPS_SSH_PUBLIC_KEY: (await readFile(`${identityFile}.pub`, "utf8")).trim(),
  };
}

/** The role of an operator, and a database for the state. */
async function createRole({ address }: PostgresServer, name: string, password: string): Promise<void> {
  const client = new Client(await superuserLogin(address));
  await client.connect();
  try {
    await client.query(`CREATE ROLE ${name} LOGIN CREATEDB CREATEROLE PASSWORD '${password}'`);
    await client.query(`CREATE DATABASE ${name}_state OWNER ${name}`);
  } finally {
    await client.end();
  }
}

/** What the documentation of `bucket`, `key` and `grant` asks for. */
const garageScopes =
  "GetNodeInfo ListBuckets GetBucketInfo CreateBucket UpdateBucket DeleteBucket AddBucketAlias RemoveBucketAlias " +
  "AllowBucketKey DenyBucketKey ListKeys GetKeyInfo CreateKey UpdateKey DeleteKey";

async function createToken({ admin }: GarageServer, name: string): Promise<string> {
  const scope = garageScopes.split(" ");
  const { secretToken } = z
    .object({ secretToken: z.string() })
    .parse(await admin.post("/v2/CreateAdminToken", { name, neverExpires: true, scope }));
  return secretToken;
}

/** A pool, and a token that has the rights of a tenant on it. */
async function createTenant(proxmox: EmulatedServer, operator: Operator): Promise<string> {
  await proxmox.call("POST", "/pools", { poolid: operator });
  const { token } = await createAccount(proxmox, operator, vmRights(operator, "local", "vmbr0"));
  return token;
}

const imageAnswer = z.object({
  createResourceResponse: z.object({ outputProperties: z.object({ volume: z.string() }) }),
});

/** An image for all machines, uploaded by the provider. It is a disk without contents, since nothing boots in the emulator. */
async function uploadImage({ url, tokenFile, caFile }: EmulatedServer, folder: string): Promise<string> {
  const file = join(folder, "image.qcow2");
  await writeFile(file, qcow2(2 * 1024 ** 3));
  const inputProperties = {
    connection: { url, token: { file: tokenFile }, tls: { caFile } },
    managedBy: "host-one",
    name: "nixos",
    file,
    storage: "local",
    nodes: ["pve1"],
  };
  const main = join(providers, "proxmox/dist/main.cjs");
  const request = { createResourceRequest: { type: "image", inputProperties, isStateful: false } };
  const { stdout } = spawnSync(process.execPath, [main], { input: `${JSON.stringify(request)}\n`, encoding: "utf8" });
  return imageAnswer.parse(JSON.parse(stdout)).createResourceResponse.outputProperties.volume;
}
