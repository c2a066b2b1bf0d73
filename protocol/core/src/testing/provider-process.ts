import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** How long a session waits for an answer: less than the tests' timeout, so that the message names the request. */
export const answerLimitMs = 100_000;
/** How long a process may take to end after the end of its input. */
export const exitLimitMs = 20_000;

/** A message of the protocol: an object with one key. */
export type Message = Record<string, unknown>;

/** How a provider's executable is started. */
export interface Executable {
  /** Its file of JavaScript: the bundle, or the source. */
  main: string;
  /** The program that starts the file, such as its launcher. Node by default. */
  launcher?: string;
  /** Variables besides PATH, HOME, LANG and TMPDIR; the environment has no others. */
  environment?: Readonly<Record<string, string>>;
  /** A program with arguments that runs it, such as a tracer. */
  under?: readonly string[];
}

/** What a provider's process has shown of one request, or of all. */
export interface Shown {
  answers: Message[];
  /** From the outcome lines: `created`, `updated`, `adopted`, `unchanged`, `deleted`, `retained` or `failed`. */
  outcomes: string[];
  stdout: string;
  stderr: string;
  /** What /proc shows of its command line to every user; null if there is no /proc, or the process ended too soon. */
  commandLine: string | null;
}

/** Everything that a provider's process has shown by its end. */
export interface Finished extends Shown {
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** Lengths of what a process had written at some moment. */
interface Position {
  stdout: number;
  stderr: number;
}

/** A running provider, spoken to as NixOps4 does: one line of JSON on stdin, one on stdout. */
export interface ProviderProcess {
  readonly pid: number;
  /** Whether it has ended, by itself or by a signal. */
  readonly hasEnded: boolean;
  send(request: Message): void;
  /** Waits for the next answer; throws if the process ends without one. */
  answer(): Promise<Message>;
  /** As in `Shown`. */
  readonly commandLine: string | null;
  /** What it has written so far, or since a position. To parse all of a long life takes long. */
  shown(since?: Position): Shown;
  /** Where the next output will begin. */
  position(): Position;
  /** Closes stdin and waits for its end. */
  finish(): Promise<Finished>;
  /** SIGKILL: nothing in it runs any more. */
  kill(): void;
}

export function startProvider(
  { main, launcher, environment, under = [] }: Executable,
  onStderr?: (text: string) => void,
): ProviderProcess {
  const own: readonly [string, ...string[]] = launcher === undefined ? [process.execPath, main] : [launcher];
  const [program = "", ...args] = [...under, ...own];
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      ...pick(process.env, ["PATH", "HOME", "LANG", "TMPDIR"]),
      NIXOPS4_RESOURCES_LOG_FORMAT: "json",
      ...environment,
    },
  });
  const ended = once(child, "close");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A process that was killed before it reads; `finish` reports its end.
  child.stdin.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Unable to start ${program}.`);

  let stdout = "";
  let stderr = "";
  let commandLine: string | null = null;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    commandLine = commandLineOf(pid) ?? commandLine;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    onStderr?.(text);
    commandLine = commandLineOf(pid) ?? commandLine;
  });
  const shown = (since: Position = { stdout: 0, stderr: 0 }): Shown => {
    const written = { stdout: stdout.slice(since.stdout), stderr: stderr.slice(since.stderr) };
    return { ...written, answers: answersIn(written.stdout), outcomes: outcomesIn(written.stderr), commandLine };
  };

  return {
    pid,
    get hasEnded() {
      return child.exitCode !== null || child.signalCode !== null;
    },
    get commandLine() {
      return commandLine;
    },
    send: (request) => child.stdin.write(`${JSON.stringify(request)}\n`),
    kill: () => child.kill("SIGKILL"),
    shown,
    position: () => ({ stdout: stdout.length, stderr: stderr.length }),
    async answer() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The provider ended without an answer: ${stderr}`);
      return JSON.parse(line.value);
    },
    async finish() {
      child.stdin.end();
      await ended;
      return { ...shown(), exitCode: child.exitCode, signal: child.signalCode };
    },
  };
}

/** One request to a process of its own, as NixOps4 sends it; `onStderr` gets its lines while it runs. */
export async function ask(
  executable: Executable,
  request: Message,
  onStderr?: (text: string) => void,
): Promise<Finished> {
  const provider = startProvider(executable, onStderr);
  provider.send(request);
  return await provider.finish();
}

function answersIn(stdout: string): Message[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line): Message => JSON.parse(line));
}

/** The outcomes in lines of JSON on stderr. */
export function outcomesIn(stderr: string): string[] {
  return stderr.split("\n").flatMap((line) => {
    if (!line.startsWith('{"outcome"')) return [];
    const { outcome }: { outcome: string } = JSON.parse(line);
    return [outcome];
  });
}

function commandLineOf(pid: number): string | null {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim();
  } catch {
    return null;
  }
}

function pick(from: NodeJS.ProcessEnv, names: readonly string[]): NodeJS.ProcessEnv {
  return Object.fromEntries(names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])));
}
