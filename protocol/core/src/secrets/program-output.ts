import { currentSignal } from "../patience/waiting.ts";

/** A program could not be run, or ended with an error; the message goes on "the command pass ". */
export class ProgramFailed extends Error {
  override readonly name = "ProgramFailed";
  /** Whether there is no such program. */
  readonly isMissing: boolean;

  constructor(reason: string, isMissing: boolean) {
    super(reason);
    this.isMissing = isMissing;
  }
}

/**
 * What a program prints that is run without a shell and without input; what it says on stderr is passed on. It ends with
 * the request. Throws ProgramFailed, which does not repeat the arguments.
 */
export async function programOutput(program: string, args: readonly string[], largestBytes: number): Promise<string> {
  const { execFile } = await import("node:child_process");
  return await new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { encoding: "utf8", maxBuffer: largestBytes, signal: currentSignal() },
      (error, stdout) => {
        if (error === null) resolve(stdout);
        // Not the message of the error: it repeats the whole command line.
        else reject(new ProgramFailed(reasonOf(error), error.code === "ENOENT"));
      },
    );
    child.stdin?.end();
    child.stderr?.on("data", (chunk: Buffer | string) => process.stderr.write(chunk));
  });
}

interface Failure {
  name: string;
  code?: string | number | null;
  signal?: string | null;
}

const reasonOf = ({ code, signal, name }: Failure): string =>
  typeof code === "number" ? `ended with status ${code}` : `failed (${code ?? signal ?? name})`;
