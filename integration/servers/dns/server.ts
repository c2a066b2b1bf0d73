import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeKeys, type TsigKeys } from "./keys.ts";
import { findProgram } from "../process/find-program.ts";
import { freePort } from "../process/free-port.ts";
import { startGuarded } from "../process/guarded-process.ts";
import { makeServerFolder } from "../process/server-folder.ts";

/** Where a name server is and who may do what there; plain data. */
export interface DnsAddress {
  host: "127.0.0.1";
  /** Of TCP and UDP. */
  port: number;
  keys: TsigKeys;
  /** What the server writes. */
  logFile: string;
}

export interface DnsServer<Address extends DnsAddress = DnsAddress> extends AsyncDisposable {
  readonly address: Address;
  /** Kills it by SIGKILL and waits until it is there again, with all that it had. */
  restart(): Promise<void>;
}

/** How one kind of name server is started. */
export interface DnsProgram<Address extends DnsAddress> {
  /** The program and the Debian package that has it. */
  program: string;
  package: string;
  /** Writes settings and zones into the folder; gives the program's arguments and what its clients need to know. */
  prepare(folder: string, address: DnsAddress): Promise<{ args: readonly string[]; address: Address }>;
  isReady(address: Address): Promise<boolean>;
  /** Keys of another server, in place of fresh ones. */
  keys?: TsigKeys;
}

/** Runs a server, and again whenever it was killed. Ends with it where it ends by itself. `revive PID_FILE COMMAND...` */
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
 * Starts a throw-away name server on 127.0.0.1 in a private folder that goes when the server is disposed of, or when this
 * process ends in any way. Throws `ServerUnavailable` where its program is missing.
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
    const place = { host: "127.0.0.1", port: await freePort(), keys, logFile } as const;
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
