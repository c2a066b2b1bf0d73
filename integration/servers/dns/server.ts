import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeKeys, type TsigKeys } from "./keys.ts";
import { findProgram } from "../process/find-program.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { makeServerFolder } from "../process/server-folder.ts";

/** Address and keys of a name server, as plain data. */
export interface DnsAddress {
  host: "127.0.0.1";
  /** Port for TCP and UDP. */
  port: number;
  keys: TsigKeys;
  /** The server's log file. */
  logFile: string;
  /** A file with the server's process ID. */
  pidFile: string;
}

export interface DnsServer<Address extends DnsAddress = DnsAddress> extends AsyncDisposable {
  readonly address: Address;
  /** Kills it with SIGKILL, and waits until it is running again with the same data. */
  restart(): Promise<void>;
}

/** How one kind of name server is started. */
export interface DnsProgram<Address extends DnsAddress> {
  /** The program and its Debian package. */
  program: string;
  package: string;
  /** Writes settings and zones into the folder; returns the program's arguments and the data for its clients. */
  prepare(folder: string, address: DnsAddress): Promise<{ args: readonly string[]; address: Address }>;
  isReady(address: Address): Promise<boolean>;
  /** Keys of another server, instead of new ones. */
  keys?: TsigKeys;
}

/** Runs a server, and restarts it when it was killed. Ends when the server exits by itself. `revive PID_FILE COMMAND...` */
const revive = `
  pid_file=$1; shift
  trap 'kill "$server"; wait "$server"; exit' TERM
  while :; do
    "$@" & server=$!
    echo "$server" >"$pid_file"
    wait "$server"; status=$?
    [ "$status" = 137 ] || exit "$status"
  done
`;

/**
 * Starts a temporary name server on 127.0.0.1. Its private folder is removed when the server is disposed of, or when this
 * process ends in any way. Throws `ServerUnavailable` if its program is missing.
 */
export async function startDnsServer<Address extends DnsAddress>(
  options: DnsProgram<Address>,
): Promise<DnsServer<Address>> {
  const program = findProgram(options.program, options.package);
  const folder = await makeServerFolder(options.program);
  try {
    const keys = options.keys ?? (await makeKeys(folder));
    const logFile = join(folder, "log");
    const pidFile = join(folder, "pid");
    const place = { host: "127.0.0.1", port: await freePort(), keys, logFile, pidFile } as const;
    const { args, address } = await options.prepare(folder, place);
    const server = startGuarded({
      command: ["/bin/sh", "-c", revive, "revive", pidFile, program, ...args],
      folder,
      stopSignal: "TERM",
      logFile,
    });
    await server.waitUntil(() => options.isReady(address));
    return {
      address,
      async restart() {
        const killed = await readFile(pidFile, "utf8");
        process.kill(Number(killed), "SIGKILL");
        await server.waitUntil(async () => (await readFile(pidFile, "utf8")) !== killed);
        await server.waitUntil(() => options.isReady(address));
      },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
