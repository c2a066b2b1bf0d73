import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { reportHeldLock } from "@nixops4-resources/protocol-core/held-lock";
import { hostScript } from "./script.ts";

/** A program with its arguments and its complete environment. */
export interface Command {
  readonly program: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * The shell's command line. It reads the script from stdin, so that process lists and logs show only this line. It
 * prints a line at its start, since a login may print text before. It contains no single quotes, since it is put
 * between two.
 */
export const shellProgram = `echo nixops4-begins; IFS= read -r script && eval "$(printf %b "$script")"`;

/** A session ended before it had answered. */
export class SessionEnded extends Error {
  override readonly name = "SessionEnded";
  /** Whether the host's shell had started. */
  readonly hadBegun: boolean;
  readonly status: number | null;
  /** The output on stderr, from ssh and from the host. */
  readonly words: string;

  constructor({ hadBegun, status, words }: Pick<SessionEnded, "hadBegun" | "status" | "words">, cause?: unknown) {
    super("the session ended", { cause });
    this.hadBegun = hadBegun;
    this.status = status;
    this.words = words;
  }
}

/** One shell on the host that answers requests one after the other over one connection. */
export class HostSession implements Disposable {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<SessionEnded>;
  #hasBegun = false;

  private constructor(child: ChildProcessWithoutNullStreams, lines: AsyncIterator<string>) {
    this.#child = child;
    this.#lines = lines;
    let words = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (words += text));
    // The process exit has the reason; a broken pipe is only a symptom.
    child.stdin.on("error", () => undefined);
    this.#ended = new Promise((resolve) => {
      const end = (cause?: unknown): void =>
        resolve(new SessionEnded({ hadBegun: this.#hasBegun, status: child.exitCode, words }, cause));
      child.on("error", end).on("close", () => end());
    });
  }

  /** Starts the command, whose shell is `shellProgram`. The signal kills it at once. */
  static async open({ program, args, environment }: Command, signal: AbortSignal): Promise<HostSession> {
    const [{ spawn }, { createInterface }] = await Promise.all([import("node:child_process"), import("node:readline")]);
    // Detached: without a terminal, ssh cannot ask for a password or about a host key, and Ctrl-C does not interrupt
    // the current request.
    const child = spawn(program, args, { env: environment, detached: true, stdio: ["pipe", "pipe", "pipe"], signal });
    const session = new HostSession(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
    child.stdin.write(`${encode(hostScript)}\n`);
    return session;
  }

  /**
   * The host's answer to a request: the lines before `done`, or the line that begins with `failed`. Throws
   * `SessionEnded` if the session ends before that: an incomplete answer is never returned.
   */
  async ask(verb: string, settings: readonly string[], value?: Buffer): Promise<string[]> {
    const request = [verb, ...settings];
    if (request.some((line) => /[\n\0]/.test(line))) throw new TypeError(`A setting of ${verb} has several lines`);
    this.#child.stdin.write(`${request.join("\n")}\n`);
    if (value !== undefined) this.#child.stdin.write(value);
    const said: string[] = [];
    for (;;) {
      const { done, value: line } = await this.#lines.next();
      if (done === true) throw await this.#ended;
      if (!this.#hasBegun) this.#hasBegun = line === "nixops4-begins";
      else if (line === "done") return said;
      else if (line === "waits") reportHeldLock(verb);
      else if (line.startsWith("failed ")) return [line];
      else said.push(line);
    }
  }

  /** Every request has been answered, so nothing is lost. */
  [Symbol.dispose](): void {
    this.#child.stdin.end();
    this.#child.kill();
  }
}

/** One line, which `printf %b` decodes. */
const encode = (script: string): string => script.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
