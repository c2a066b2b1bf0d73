import { isUtf8 } from "node:buffer";
import type { ChildProcess } from "node:child_process";
import { codeOf } from "../report/error.ts";
import { currentContext } from "../request/context.ts";
import { log } from "../report/log.ts";
import { inOneLine } from "../report/printable.ts";
import { KnownSecrets } from "./known-secrets.ts";

/** A program did not start, or ended with an error. The message completes "the command pass ...". */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
  /** Whether the program does not exist. */
  readonly isMissing: boolean;
  /** Whether the user ended it by Ctrl-C. */
  readonly isInterrupted: boolean;

  constructor(reason: string, { isMissing = false, isInterrupted = false } = {}) {
    super(reason);
    this.isMissing = isMissing;
    this.isInterrupted = isInterrupted;
  }
}

/**
 * Runs a program without a shell and without input, and returns the exact bytes of its stdout. If the request
 * ends early, the program ends with all processes that it has started. Throws ProgramFailed, which does not repeat the
 * arguments, with the end of the program's stderr. A program that asks for a PIN opens the terminal itself: its stderr is
 * read only after its end, scrubbed of what it printed on stdout, too.
 */
export async function programOutput(program: string, args: readonly string[], largestBytes: number): Promise<Buffer> {
  const [{ spawn }, { randomUUID }, { endTree, treeVariable }] = await Promise.all([
    import("node:child_process"),
    import("node:crypto"),
    import("./process-tree.ts"),
  ]);
  const id = randomUUID();
  const { signal } = currentContext();
  if (signal.aborted) throw new ProgramFailed("was not started: the request is over");
  const child = started(() =>
    spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, [treeVariable]: id } }),
  );
  const end = (): void => {
    if (child.pid !== undefined) void endTree(child.pid, id);
    // What cannot be ended, such as a process of another user, must not be waited for.
    child.stdout?.destroy();
    child.stderr?.destroy();
  };
  signal.addEventListener("abort", end, { once: true });
  try {
    return await outputOf(child, largestBytes, end);
  } finally {
    signal.removeEventListener("abort", end);
  }
}

function outputOf(child: ChildProcess, largestBytes: number, end: () => void): Promise<Buffer> {
  const { signal } = currentContext();
  const blocks: Buffer[] = [];
  let stderr = "";
  let total = 0;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, more: { isMissing?: boolean; isInterrupted?: boolean } = {}): void => {
      const words = endOf(stderr, Buffer.concat(blocks));
      reject(new ProgramFailed(words === "" ? reason : `${reason}: ${words}`, more));
    };
    child.stdout?.on("data", (block: Buffer) => {
      total += block.length;
      blocks.push(block);
      if (total <= largestBytes) return;
      fail(`printed more than ${largestBytes} bytes`);
      end();
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-longestStderr);
    });
    signal.addEventListener("abort", () => fail("was ended with the request"), { once: true });
    child.on("error", (error) => fail(`failed (${codeOf(error)})`, { isMissing: codeOf(error) === "ENOENT" }));
    child.on("close", (status, killed) => {
      if (status === 0) {
        const words = endOf(stderr, Buffer.concat(blocks));
        if (words !== "") log.info("a program wrote to its stderr", { program: child.spawnfile, stderr: words });
        resolve(Buffer.concat(blocks));
        for (const block of blocks) block.fill(0);
      } else if (killed === "SIGINT") fail("was interrupted", { isInterrupted: true });
      else fail(status === null ? `failed (${killed})` : `ended with status ${status}`);
    });
  });
}

/** Longest part of a program's stderr that is kept, in characters. */
const longestStderr = 1_048_576;

/** Longest part of it in an error, in characters: its end, which usually has the reason. */
const longestWords = 1000;

function endOf(stderr: string, stdout: Buffer): string {
  // Before the cut, which could leave a half of a secret that nothing recognizes.
  using printed = new KnownSecrets();
  printed.add(isUtf8(stdout) ? stdout.toString() : stdout);
  const words = inOneLine(printed.scrub(stderr));
  return words.length <= longestWords ? words : `... ${words.slice(-longestWords)}`;
}

/** `spawn` itself throws for arguments that no program can get. */
function started(work: () => ChildProcess): ChildProcess {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === "ERR_INVALID_ARG_VALUE")
      throw new ProgramFailed("cannot be started: NUL in its name or arguments");
    if (/^E[A-Z0-9]+$/.test(codeOf(error))) throw new ProgramFailed(`failed (${codeOf(error)})`);
    throw error;
  }
}
