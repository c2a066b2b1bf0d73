import { currentContext } from "../request/context.ts";
import { scrub } from "./secret.ts";

/** A program did not start, or ended with an error. The message completes "the command pass ...". */
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
 * Runs a program without a shell and without input, and returns its stdout. The program's stderr goes to the stderr of
 * the request. If the request ends early, the program is killed. Throws ProgramFailed, which does not repeat the
 * arguments.
 */
export async function programOutput(program: string, args: readonly string[], largestBytes: number): Promise<string> {
  const { execFile } = await import("node:child_process");
  const { signal, stderr } = currentContext();
  return await new Promise((resolve, reject) => {
    const child = execFile(program, args, { encoding: "utf8", maxBuffer: largestBytes, signal }, (error, stdout) => {
      if (error === null) resolve(stdout);
      // The message of `error` contains the whole command line.
      else reject(new ProgramFailed(reasonOf(error), error.code === "ENOENT"));
    });
    child.stdin?.end();
    // Passed on at once, since it may be a prompt for a PIN, without a newline.
    child.stderr?.on("data", (chunk: string) => stderr(scrub(chunk)));
  });
}

interface Failure {
  name: string;
  code?: string | number | null;
  signal?: string | null;
}

const reasonOf = ({ code, signal, name }: Failure): string =>
  typeof code === "number" ? `ended with status ${code}` : `failed (${code ?? signal ?? name})`;
