import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** A message of the protocol: an object with one key. */
export type Message = Record<string, unknown>;

/** How a provider's executable is started. */
export interface Executable {
  /** Its file of JavaScript: the bundle, or the source. */
  main: string;
  /** Variables beside PATH, HOME and LANG: the environment is otherwise empty. */
  environment?: Readonly<Record<string, string>>;
  /** A program and arguments that run it, such as a tracer. */
  under?: readonly string[];
}

/** Everything that a provider's process has shown of itself by its end. */
export interface Finished {
  answers: Message[];
  /** From the outcome lines: `created`, `updated`, `adopted`, `unchanged`, `deleted`, `retained` or `failed`. */
  outcomes: string[];
  /** All that it wrote. */
  stdout: string;
  stderr: string;
  /** What /proc shows of its command line to every user; null where there is no /proc, or it was gone too soon. */
  commandLine: string | null;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

/** A running provider, spoken to as NixOps4 does: one line of JSON on stdin, one on stdout. */
export interface ProviderProcess {
  readonly pid: number;
  send(request: Message): void;
  /** Waits for the next answer; throws where the process ends without one. */
  answer(): Promise<Message>;
  /** Closes stdin and waits for its end. */
  finish(): Promise<Finished>;
  /** SIGKILL: nothing in it runs any more. */
  kill(): void;
}

export function startProvider({ main, environment, under = [] }: Executable): ProviderProcess {
  const [program, ...args] = [...under, process.execPath, main] as const;
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
  // Killed before it reads: its end tells.
  child.stdin.on("error", () => undefined);
  const { pid } = child;
  if (pid === undefined) throw new Error(`Unable to start ${program}.`);

  let stdout = "";
  let stderr = "";
  let commandLine: string | null = null;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    commandLine ??= commandLineOf(pid);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    commandLine ??= commandLineOf(pid);
  });

  return {
    pid,
    send: (request) => child.stdin.write(`${JSON.stringify(request)}\n`),
    kill: () => child.kill("SIGKILL"),
    async answer() {
      const line = await lines.next();
      if (line.done === true) throw new Error(`The provider ended without an answer: ${stderr}`);
      return JSON.parse(line.value);
    },
    async finish() {
      child.stdin.end();
      await ended;
      const answers = stdout.split("\n").filter((line) => line !== "");
      return {
        answers: answers.map((line): Message => JSON.parse(line)),
        outcomes: outcomesIn(stderr),
        stdout,
        stderr,
        commandLine,
        exitCode: child.exitCode,
        signal: child.signalCode,
      };
    },
  };
}

/** One request to a process of its own, as NixOps4 sends it. */
export async function ask(executable: Executable, request: Message): Promise<Finished> {
  const provider = startProvider(executable);
  provider.send(request);
  return await provider.finish();
}

function outcomesIn(stderr: string): string[] {
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
