import { currentContext } from "../request/context.ts";
import { log } from "../report/log.ts";
import { inOneLine } from "../report/printable.ts";
import { KnownSecrets } from "./known-secrets.ts";

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
 * Runs a program without a shell and without input, and returns its stdout. It is killed if the request ends early. Throws
 * ProgramFailed, which does not repeat the arguments, with the end of the program's stderr. A program that asks for a PIN
 * opens the terminal itself: its stderr is read only after its end, scrubbed of what it printed on stdout, too.
 */
export async function programOutput(program: string, args: readonly string[], largestBytes: number): Promise<string> {
  const { execFile } = await import("node:child_process");
  const { signal } = currentContext();
  return await new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      { encoding: "utf8", maxBuffer: largestBytes, signal },
      (error, stdout, stderr) => {
        const words = endOf(stderr, stdout);
        if (error === null) {
          if (words !== "") log.info("a program wrote to its stderr", { program, stderr: words });
          resolve(stdout);
          return;
        }
        // The error's own message repeats the whole command line.
        const reason = reasonOf(error);
        reject(new ProgramFailed(words === "" ? reason : `${reason}: ${words}`, error.code === "ENOENT"));
      },
    );
    child.stdin?.end();
  });
}

/** Longest part of a program's stderr in an error, in characters: its end, which usually has the reason. */
const longestWords = 1000;

function endOf(stderr: string, stdout: string): string {
  // Before the cut, which could leave a half of a secret that nothing recognizes.
  using printed = new KnownSecrets();
  printed.add(stdout);
  const words = inOneLine(printed.scrub(stderr));
  return words.length <= longestWords ? words : `... ${words.slice(-longestWords)}`;
}

interface Failure {
  name: string;
  code?: string | number | null;
  signal?: string | null;
}

const reasonOf = ({ code, signal, name }: Failure): string =>
  typeof code === "number" ? `ended with status ${code}` : `failed (${code ?? signal ?? name})`;
