import { randomBytes } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { Client, type ClientConfig } from "pg";
import type { Certificates } from "../tls/certificates.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { findPostgresBinaries, type PostgresVersion } from "./binaries.ts";
import { certifiedUser, loginRules, postgresArguments, trustedUser } from "./settings.ts";
import { writePrivateFile } from "../process/private-file.ts";
import { makeServerFolder } from "../process/server-folder.ts";

export { certifiedUser, clearTextUser, md5User, trustedUser } from "./settings.ts";
export type { PostgresVersion } from "./binaries.ts";

/** Address and credentials of a server, as plain data that can be passed to another process. */
export interface PostgresAddress {
  version: PostgresVersion;
  host: "127.0.0.1";
  port: number;
  /** Folder of the Unix socket. */
  socketDirectory: string;
  /** Superuser that logs in by SCRAM with the password in `passwordFile` (mode 0600). */
  user: "postgres";
  passwordFile: string;
  /** The server's log file; with `logStatements` it contains every statement of every user. */
  logFile: string;
  /** Null if the server does not support TLS. */
  certificates: Certificates | null;
}

export interface PostgresServer extends AsyncDisposable {
  readonly address: PostgresAddress;
}

export interface PostgresOptions {
  version: PostgresVersion;
  /** Whether it supports TLS besides plain TCP, and accepts client certificates. */
  tls?: boolean;
  /** Whether it logs every statement with its user, database and application. */
  logStatements?: boolean;
  /** Whether it keeps its data on the disk as PostgreSQL does by default, for measurements. Otherwise it is faster. */
  durable?: boolean;
}

/** Creates the cluster and then runs its server, under one guard: `initialise BIN FOLDER POSTGRES_ARGUMENT...` */
const initialiseAndServe = `
  bin=$1 folder=$2; shift 2
  "$bin/initdb" --no-sync --no-instructions --username=postgres --pwfile="$folder/password" \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 -D "$folder/data" || exit
  exec "$bin/postgres" "$@"
`;

/**
 * Starts a temporary PostgreSQL on 127.0.0.1: a new cluster in a private folder, which is removed when the server is
 * disposed of, or when this process ends in any way. Throws `ServerUnavailable` if its programs are missing.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { version, tls = false, logStatements = false, durable: isDurable = false } = options;
  const folder = await makeServerFolder(`pg${version}`, { onDisk: isDurable });
  try {
    const bin = await findPostgresBinaries(version, folder);
    const passwordFile = await writePrivateFile(join(folder, "password"), randomBytes(18).toString("base64url"));
    const certificates = tls ? await makeCertificates(folder) : null;
    await writePrivateFile(join(folder, "pg_hba.conf"), loginRules(certificates));

    const port = await freePort();
    const logFile = join(folder, "log");
    const settings = postgresArguments({ folder, port, certificates, logStatements, isDurable });
    const server = startGuarded({
      command: ["/bin/sh", "-c", initialiseAndServe, "initialise", bin, folder, ...settings],
      folder,
      stopSignal: "QUIT",
      logFile,
    });
    await server.waitUntil(() => isReady(join(folder, "data/postmaster.pid")));

    const login = {
      version,
      host: "127.0.0.1",
      port,
      socketDirectory: folder,
      user: "postgres",
      passwordFile,
    } as const;
    const address: PostgresAddress = { ...login, logFile, certificates };
    await createPasswordlessUsers(address);
    return { address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** The options of `pg` to connect as superuser. */
export async function superuserLogin(address: PostgresAddress, database = "postgres"): Promise<ClientConfig> {
  const { host, port, user, passwordFile } = address;
  return { host, port, user, password: await readFile(passwordFile, "utf8"), database, ssl: false };
}

async function makeCertificates(folder: string): Promise<Certificates> {
  const certificates = await import("../tls/certificates.ts");
  return certificates.makeCertificates(folder, certifiedUser);
}

/** The eighth line has the status (src/include/utils/pidfile.h in PostgreSQL's source); connecting would fill the log. */
export async function isReady(pidFile: string): Promise<boolean> {
  try {
    return (await readFile(pidFile, "utf8")).split("\n")[7]?.trim() === "ready";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

async function createPasswordlessUsers(address: PostgresAddress): Promise<void> {
  const client = new Client(await superuserLogin(address));
  await client.connect();
  try {
    await client.query(`create role ${trustedUser} superuser login`);
    if (address.certificates !== null) await client.query(`create role ${certifiedUser} superuser login`);
  } finally {
    await client.end();
  }
}
