import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { codeOf } from "../report/error.ts";
import {
  ask,
  startProvider,
  type Executable,
  type Finished,
  type Message,
  type ProviderProcess,
} from "./provider-process.ts";

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
const changingNames = [
  "write pwrite64 writev pwritev truncate ftruncate fallocate copy_file_range sendfile",
  "rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat mkdir mkdirat rmdir",
  "chmod fchmod fchmodat chown fchown lchown fchownat utimensat setxattr fsetxattr removexattr",
].flatMap((names) => names.split(" "));

/** The calls that look at files. */
const lookingNames =
  "open openat read pread64 close stat lstat newfstatat statx access faccessat faccessat2 readlink getdents64";

const filter = (names: readonly string[]): string => names.map((name) => `?${name}`).join(",");

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
    await trace(executable, request, ["-f", "-o", log, "-e", `trace=execve,${filter(changingNames)}`]);
    return callsIn(log).filter(({ text }) => text.includes(folder));
  });
}

/** A call below the folder that looks or changes something. */
export interface Step extends SystemCall {
  changes: boolean;
  /** Its index among the calls of this name below the folder. */
  index: number;
}

/** The same with the calls that look, up to the answer. */
export async function recordSteps(executable: Executable, request: Message, folder: string): Promise<Step[]> {
  const names = [...changingNames, ...lookingNames.split(" ")];
  return await withLog(async (log) => {
    await trace(executable, request, ["-f", "-o", log, "-e", `trace=execve,${filter(names)}`]);
    const calls = callsIn(log).filter(({ text }) => text.includes(folder));
    return calls.map((call) => ({
      ...call,
      changes: changingNames.includes(call.name),
      index: calls.filter(({ name }) => name === call.name).indexOf(call),
    }));
  });
}

/**
 * Runs the request, stops the provider (SIGSTOP) after the step took effect, runs `meanwhile`, and lets it continue. Throws
 * KilledElsewhere if the provider does not stop there. The number of files that Node opens at its start varies, and the
 * number of the step with it: the next try takes the number of this run.
 */
export async function pauseAfter(
  executable: Executable,
  request: Message,
  step: Step,
  folder: string,
  meanwhile: () => Promise<void>,
): Promise<Finished> {
  return await withLog(async (log) => {
    const threads = step.isFirstThread ? [] : ["-f"];
    const inject = `inject=${step.name}:signal=SIGSTOP:when=${step.number}`;
    const provider = startTraced(executable, [...threads, "-o", log, "-e", `trace=${step.name}`, "-e", inject]);
    const steps = (): SystemCall[] => callsIn(log).filter(({ text }) => text.includes(folder));
    let hasStopped = false;
    try {
      provider.send(request);
      const isOver = (): boolean => provider.hasEnded || provider.shown().answers.length > 0;
      while (!readLog(log).includes("--- stopped by SIGSTOP ---") && !isOver()) await pause(5);
      hasStopped = !isOver() && steps()[step.index]?.number === step.number;
      if (hasStopped) await meanwhile();
    } finally {
      await continueToEnd(provider);
    }
    if (hasStopped) return await provider.finish();
    step.number = steps()[step.index]?.number ?? step.number;
    throw new KilledElsewhere(`The run did not stop at ${step.text}: ${readLog(log)}`);
  });
}

/** A provider that did not stop where it should may stop later, even as it ends. */
async function continueToEnd(provider: ProviderProcess): Promise<void> {
  const finished = provider.finish();
  while (!provider.hasEnded) {
    for (const pid of childrenOf(provider.pid)) resume(pid);
    await pause(5);
  }
  await finished;
}

/** The process may have just ended. */
function resume(pid: number): void {
  try {
    process.kill(pid, "SIGCONT");
  } catch (error) {
    if (codeOf(error) !== "ESRCH") throw error;
  }
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

const traced = (executable: Executable, options: readonly string[]): Executable => ({
  ...executable,
  environment: { ...executable.environment, UV_THREADPOOL_SIZE: "1" },
  // -y prints the file of each descriptor.
  under: ["strace", "-qq", "-y", ...options],
});

const trace = (executable: Executable, request: Message, options: readonly string[]): Promise<Finished> =>
  ask(traced(executable, options), request);

/** Without -qq, strace also says when the provider stops. */
const startTraced = (executable: Executable, options: readonly string[]): ProviderProcess =>
  startProvider({ ...traced(executable, []), under: ["strace", "-q", "-y", ...options] });

const readLog = (log: string): string => (existsSync(log) ? readFileSync(log, "utf8") : "");

function childrenOf(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`;
  return (existsSync(path) ? readFileSync(path, "utf8") : "").split(" ").filter(Boolean).map(Number);
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
