import { spawn } from "node:child_process";
import { once } from "node:events";
import { unprivilegedAccount, type Account } from "./unprivileged-account.ts";

/**
 * Runs the server beside a reader of our pipe. When the pipe closes, because we stop or because we died in any way, the
 * server gets its signal, again until it is gone (it may not listen yet), and its folder is removed.
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
  /** Whom it runs as; `unprivilegedAccount` unless given. */
  account?: Account;
  /** Removed when the server has ended, however it ended. Belongs to whom it runs as. */
  folder: string;
  /** What ends the server at once. */
  stopSignal: "TERM" | "QUIT";
  /** Takes what the server writes. */
  logFile: string;
}

/** A server that outlives neither us nor its folder. */
export interface GuardedProcess extends AsyncDisposable {
  /** Waits until `isReady` says so, asking every 10 ms; throws the end of the log where the server dies or takes 30 s. */
  waitUntil(isReady: () => Promise<boolean>): Promise<void>;
}

/** Starts a server in a process group of its own: Ctrl-C is ours to handle. */
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
