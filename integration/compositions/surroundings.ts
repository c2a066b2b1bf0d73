import { chmod, copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startKnot } from "@nixops4-resources/integration-servers/dns/knot";
import type { DnsServer } from "@nixops4-resources/integration-servers/dns/server";
import { startGarage, type GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { startLldap, type LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { startPostgres, type PostgresServer } from "@nixops4-resources/integration-servers/postgres/postgres";
import { startEmulator, type EmulatedServer } from "@nixops4-resources/integration-servers/proxmox/start-emulator";
import { ServerUnavailable } from "@nixops4-resources/integration-servers/server-unavailable";
import { makeKey } from "@nixops4-resources/integration-servers/sshd";
import { generateX25519Identity } from "age-encryption";
import { giveCredentials, operators } from "./credentials.ts";
import { startMachines, uploadImage } from "./machines.ts";

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
  /** The public host key of each machine, by its address. */
  readonly hostKeys: Readonly<Record<string, string>>;
  /** The environment of nixops4.nix, except for the variant. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Starts all servers. Throws `ServerUnavailable` if the program of one is missing. */
export async function makeSurroundings(): Promise<Surroundings> {
  if (process.getuid?.() !== 0) throw new ServerUnavailable("files that belong to the users of services need root");
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
    const { hostKeys, ...ssh } = await startMachines(started, folder, proxmox);

    for (const operator of operators)
      await giveCredentials(operator, folder, { postgres, otherPostgres, dns, garage, proxmox });
    await copyFile(lldap.passwordFile, join(folder, "lldap"));

    const environment = {
      APPS_FOLDER: folder,
      APPS_NODE: process.execPath,
      APPS_PROVIDERS: join(import.meta.dirname, "../../providers"),
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
      APPS_SSH_PORT: String(ssh.port),
      APPS_SSH_PUBLIC_KEY: ssh.publicKey,
      APPS_HOST_KEY: hostKeys["127.0.1.23"] ?? "",
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
      hostKeys,
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
