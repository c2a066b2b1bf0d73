import type { ChildProcess } from "node:child_process";
import { codeOf } from "../report/error.ts";
import { currentContext } from "../request/context.ts";
import { scrub } from "./secret.ts";

/** A program could not be run, or ended with an error. The message completes "the command pass ". */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
  /** Whether the program does not exist. */
  readonly isMissing: boolean;

  constructor(reason: string, isMissing: boolean) {
    super(reason);
    this.isMissing = isMissing;
  }
}

/**
 * Runs a program without a shell and without input, and returns the exact bytes of its stdout. Its stderr goes to the stderr
 * of the request. If the request ends early, the program ends with all processes that it has started. Throws ProgramFailed,
 * which does not repeat the arguments.
 */
export async function programOutput(program: string, args: readonly string[], largestBytes: number): Promise<Buffer> {
  const [{ spawn }, { randomUUID }, { endTree, treeVariable }] = await Promise.all([
    import("node:child_process"),
    import("node:crypto"),
    import("./process-tree.ts"),
  ]);
  const id = randomUUID();
  const { signal } = currentContext();
  if (signal.aborted) throw new ProgramFailed("was not started: the request is over", false);
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
  const { stderr, signal } = currentContext();
  const blocks: Buffer[] = [];
  let total = 0;
  return new Promise((resolve, reject) => {
    const fail = (reason: string, isMissing = false): void => reject(new ProgramFailed(reason, isMissing));
    child.stdout?.on("data", (block: Buffer) => {
      total += block.length;
      blocks.push(block);
      if (total <= largestBytes) return;
      fail(`printed more than ${largestBytes} bytes`);
      end();
    });
    // At once, since it may be the question for a PIN, without a newline.
    child.stderr?.setEncoding("utf8").on("data", (text: string) => stderr(scrub(text)));
    signal.addEventListener("abort", () => fail("was ended with the request"), { once: true });
    child.on("error", (error) => fail(`failed (${codeOf(error)})`, codeOf(error) === "ENOENT"));
    child.on("close", (status, killed) => {
      if (status === 0) resolve(Buffer.concat(blocks));
      else fail(status === null ? `failed (${killed})` : `ended with status ${status}`);
    });
  });
}

/** `spawn` itself throws for arguments that no program can get. */
function started(work: () => ChildProcess): ChildProcess {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === "ERR_INVALID_ARG_VALUE")
      throw new ProgramFailed("cannot be started: NUL in its name or arguments", false);
    if (/^E[A-Z0-9]+$/.test(codeOf(error))) throw new ProgramFailed(`failed (${codeOf(error)})`, false);
    throw error;
  }
}
