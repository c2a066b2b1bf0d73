import { spawn } from "node:child_process";
import { once } from "node:events";
import { unprivilegedAccount, type Account } from "./unprivileged-account.ts";

/**
 * Runs the server next to a reader of our pipe. When the pipe closes, because we stop or die in any way, the server gets
 * its signal, repeatedly until it ends (it may not handle signals yet), and its folder is removed.
 */
const guard = `
  folder=$1 signal=$2 log=$3; shift 3
  "$@" </dev/null >>"$log" 2>&1 &
  server=$!
  exec 3<&0
  { cat <&3; while kill -s "$signal" "$server"; do sleep 0.05; done; } >/dev/null 2>&1 &
  wait "$server"
  tail -n 20 "$log" >&2
  rm -rf "$folder"
`;

export interface GuardedProcessOptions {
  /** The program with its full path, and its arguments. */
  command: readonly [string, ...string[]];
  /** Account that it runs as; default `unprivilegedAccount`. */
  account?: Account;
  /** Folder that is removed when the server has ended in any way. It belongs to the account. */
  folder: string;
  /** Signal that ends the server immediately. */
  stopSignal: "TERM" | "QUIT";
  /** File for the server's output. */
  logFile: string;
}

/** A server that ends with this process. */
export interface GuardedProcess extends AsyncDisposable {
  /** Waits until `isReady` returns true, every 10 ms; throws the end of the log if the server ends or after 30 s. */
  waitUntil(isReady: () => Promise<boolean>): Promise<void>;
}

/** Starts a server in its own process group, so that only we receive Ctrl-C. */
export function startGuarded({ command, account, folder, stopSignal, logFile }: GuardedProcessOptions): GuardedProcess {
  const child = spawn("/bin/sh", ["-c", guard, "guard", folder, stopSignal, logFile, ...command], {
    ...(account ?? unprivilegedAccount()),
    cwd: "/",
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const ended = once(child, "close");
  let lastWords = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (lastWords += text));

  const stop = async (): Promise<void> => {
    child.stdin.destroy();
    await ended;
  };
  return {
    async waitUntil(isReady) {
      const deadline = Date.now() + 30_000;
      while (!(await isReady())) {
        const isLate = Date.now() > deadline;
        if (isLate || child.exitCode !== null) {
          await stop();
          throw new Error(`${command.join(" ")} ${isLate ? "is not ready after 30 s" : "ended"}:\n${lastWords}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    },
    [Symbol.asyncDispose]: stop,
  };
}
