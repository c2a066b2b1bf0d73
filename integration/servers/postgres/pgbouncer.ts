import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { findProgram } from "../process/find-program.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { isListening } from "../process/is-listening.ts";
import type { PostgresAddress } from "./postgres.ts";
import { writePrivateFile } from "../process/private-file.ts";
import { makeServerFolder } from "../process/server-folder.ts";

export interface PgbouncerServer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
}

/**
 * Starts Debian's pgbouncer in transaction mode, with one connection to the server for all its clients, which log in as
 * the server's superuser.
 */
export async function startPgbouncer(
  server: PostgresAddress,
  furtherSettings: readonly string[] = [],
): Promise<PgbouncerServer> {
  const program = findProgram("pgbouncer", "pgbouncer");
  const folder = await makeServerFolder("pgbouncer");
  try {
    const port = await freePort();
    const password = await readFile(server.passwordFile, "utf8");
    const users = await writePrivateFile(join(folder, "users"), `"${server.user}" "${password}"\n`);
    const settings = await writePrivateFile(
      join(folder, "pgbouncer.ini"),
      [settingsText(server, port, users), ...furtherSettings].join("\n"),
    );
    const pooler = startGuarded({
      command: [program, settings],
      folder,
      stopSignal: "TERM",
      logFile: join(folder, "log"),
    });
    await pooler.waitUntil(() => isListening(port));
    return { host: "127.0.0.1", port, [Symbol.asyncDispose]: () => pooler[Symbol.asyncDispose]() };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Source: https://www.pgbouncer.org/config.html */
function settingsText(server: PostgresAddress, port: number, users: string): string {
  return `[databases]
* = host=${server.host} port=${server.port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${users}
pool_mode = transaction
default_pool_size = 1
`;
}
