import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ask, type Executable, type Finished, type Message } from "./provider-process.ts";

/** One system call of a run, identified by its name and its number among the calls of that name in its thread. */
export interface SystemCall {
  name: string;
  number: number;
  /** Whether the program's first thread makes it. */
  isFirstThread: boolean;
  /** As strace prints it. */
  text: string;
}

/**
 * The calls that change files. Opening a file is not among them: its effect is visible before the next write. strace
 * ignores names with a question mark if the machine's architecture does not have them.
 */
const changing = [
  "write pwrite64 writev pwritev truncate ftruncate fallocate copy_file_range sendfile",
  "rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mkdir mkdirat rmdir",
  "chmod fchmod fchmodat chown fchown lchown fchownat utimensat setxattr fsetxattr removexattr",
]
  .flatMap((names) => names.split(" "))
  .map((name) => `?${name}`)
  .join(",");

/** The run ended before the call, or at another one: wake-ups of threads are calls too, and their number varies. */
export class KilledElsewhere extends Error {
  override readonly name = "KilledElsewhere";
}

/** Reason why strace cannot be used here; undefined if it can. */
export function straceMissing(): string | undefined {
  const { error, status } = spawnSync("strace", ["-qq", "-o", "/dev/null", process.execPath, "--version"]);
  if (error !== undefined) return "strace is not installed";
  return status === 0 ? undefined : "strace is not allowed to trace here";
}

/**
 * The calls of a request that change something below `folder`. One thread does libuv's file work, so that equal requests
 * make the same calls in the same order.
 */
export async function recordCalls(executable: Executable, request: Message, folder: string): Promise<SystemCall[]> {
  return await withLog(async (log) => {
    await trace(executable, request, ["-f", "-o", log, "-e", `trace=execve,${changing}`]);
    return callsIn(log).filter(({ text }) => text.includes(folder));
  });
}

/** Runs the request and kills the provider (SIGKILL) before the call takes effect; throws KilledElsewhere if it cannot. */
export async function killBefore(
  executable: Executable,
  request: Message,
  call: SystemCall,
  folder: string,
): Promise<Finished> {
  return await withLog(async (log) => {
    const inject = `inject=${call.name}:signal=SIGKILL:when=${call.number}`;
    // Each thread has its own count. Threads that encrypt wake the first one by writes: if possible, only that one is traced.
    const threads = call.isFirstThread ? [] : ["-f"];
    const options = [...threads, "-o", log, "-e", `trace=${call.name}`, "-e", inject];
    const finished = await trace(executable, request, options);
    const killedAt = callsIn(log).find(({ number, text }) => number === call.number && text.includes(folder));
    if (finished.signal !== "SIGKILL" || killedAt === undefined) {
      throw new KilledElsewhere(`The run did not end at ${call.text}: ${readFileSync(log, "utf8")}`);
    }
    return finished;
  });
}

function trace(executable: Executable, request: Message, options: readonly string[]): Promise<Finished> {
  return ask(
    {
      ...executable,
      environment: { ...executable.environment, UV_THREADPOOL_SIZE: "1" },
      // -y prints the file of each descriptor.
      under: ["strace", "-qq", "-y", ...options],
    },
    request,
  );
}

/** The calls in a log of strace, numbered as `inject` counts them: by thread and name. A run begins with its execve. */
function callsIn(log: string): SystemCall[] {
  const counts = new Map<string, number>();
  let first: string | undefined;
  return readFileSync(log, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, thread = "", text, name] = /^(?:(\d+) +)?((\w+)\(.*)$/.exec(line) ?? [];
      if (text === undefined || name === undefined) return [];
      first ??= thread;
      const number = (counts.get(`${thread} ${name}`) ?? 0) + 1;
      counts.set(`${thread} ${name}`, number);
      return [{ name, number, isFirstThread: thread === first, text }];
    });
}

async function withLog<T>(work: (log: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "nixops4-strace-"));
  try {
    return await work(join(folder, "log"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
