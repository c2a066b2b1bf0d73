import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { writePrivateFile } from "../process/private-file.ts";
import { makeServerFolder } from "../process/server-folder.ts";
import { ServerUnavailable } from "../server-unavailable.ts";
import { findPostgresBinaries } from "./binaries.ts";
import { isReady, type PostgresAddress } from "./postgres.ts";
import { loginRules, postgresArguments } from "./settings.ts";

export interface Standby extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
}

/** Copies the primary and then runs the copy, under one guard: `copy BIN FOLDER PRIMARY POSTGRES_ARGUMENT...` */
const copyAndServe = `
  bin=$1 folder=$2 primary=$3; shift 3
  "$bin/pg_basebackup" --no-sync --checkpoint=fast --wal-method=stream --write-recovery-conf \
    --dbname="$primary" -D "$folder/data" || exit
  exec "$bin/postgres" "$@"
`;

/** Starts a hot standby that streams from the server. Only Debian's packages have pg_basebackup, so 18 has no standby. */
export async function startStandby(primary: PostgresAddress): Promise<Standby> {
  if (primary.version !== 15) throw new ServerUnavailable("the package of PostgreSQL 18 has no pg_basebackup");
  const folder = await makeServerFolder("standby");
  try {
    const bin = await findPostgresBinaries(primary.version, folder);
    const password = await readFile(primary.passwordFile, "utf8");
    const passfile = await writePrivateFile(join(folder, "passfile"), `*:*:*:*:${password}\n`);
    await writePrivateFile(join(folder, "pg_hba.conf"), loginRules(null));
    const port = await freePort();
    const source = `host=${primary.host} port=${primary.port} user=${primary.user} passfile=${passfile} sslmode=disable`;
    const settings = postgresArguments({ folder, port, certificates: null, logStatements: false, isDurable: false });
    const server = startGuarded({
      command: ["/bin/sh", "-c", copyAndServe, "copy", bin, folder, source, ...settings],
      folder,
      stopSignal: "QUIT",
      logFile: join(folder, "log"),
    });
    await server.waitUntil(() => isReady(join(folder, "data/postmaster.pid")));
    return { host: "127.0.0.1", port, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
