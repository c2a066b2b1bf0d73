// Callbacks of node:fs: loading node:fs/promises takes 3 ms, and synchronous calls would block the deadline and SIGTERM.
import { close, constants, fstat, open, read, realpath, stat, type Stats } from "node:fs";
import { waitFor } from "../patience/waiting.ts";
import { codeOf } from "../report/error.ts";
import { currentContext } from "../request/context.ts";
import { explainFileError } from "./file-failure.ts";
import { stuckReads } from "./stuck-reads.ts";

/** Time for one file, if the request itself has more. A file on a working disk needs milliseconds. */
const longestSeconds = 30;

export interface UserFileOptions {
  readonly largestBytes: number;
  /** For FILE arguments of a command line, which may be a pipe such as `<(...)`. It is read for as long as it is open. */
  readonly pipes?: boolean;
  readonly seconds?: number;
  /** Rejects a symbolic link. */
  readonly noLink?: boolean;
  /** Checks a file before it is read; `real` is its path without symbolic links. Throws to reject it. */
  readonly check?: (status: Stats, real: string) => void;
}

/** A file that a user named cannot be read. The message is a complete reason, such as `/run/x is a folder`. */
export class UnreadableFile extends Error {
  override readonly name = "UnreadableFile";
  readonly kind: "missing" | "large" | "other";
  readonly hint: string;

  constructor(reason: string, hint: string, kind: UnreadableFile["kind"] = "other", cause?: unknown) {
    super(reason, { cause });
    this.kind = kind;
    this.hint = hint;
  }
}

/**
 * The bytes of a file whose path a user gave. The path may name anything: a FIFO without a writer, a device, a mount that
 * does not answer. So only regular files are read, up to a size, and not longer than the request lasts.
 * Throws UnreadableFile.
 */
export async function readUserFile(path: string, options: UserFileOptions): Promise<Buffer> {
  return await waitFor(`the file ${path}`, async () => {
    const reading = readFile(path, options);
    return options.pipes === true ? await reading : await unlessLate(reading, path, options.seconds ?? longestSeconds);
  });
}

/** The status of what a user's path names, and the path without symbolic links. Throws UnreadableFile. */
export async function lookAtPath(path: string): Promise<{ status: Stats; real: string }> {
  return await waitFor(`the path ${path}`, async () => {
    const looking = attempt(path, async () => ({
      real: await called<string>((done) => realpath.native(path, done)),
      status: await called<Stats>((done) => stat(path, done)),
    }));
    return await unlessLate(looking, path, longestSeconds);
  });
}

/** The bytes on stdin until its end. */
export async function readStdin(largestBytes: number): Promise<Buffer> {
  return await attempt("stdin", () => readAll(0, "stdin", { largestBytes, size: 0 }));
}

function unlessLate<T>(reading: Promise<T>, path: string, seconds: number): Promise<T> {
  const { signal } = currentContext();
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      stuckReads.add(reading);
      reject(new UnreadableFile(`${path} does not answer`, "Check the mount on which it is, then apply again"));
    };
    if (signal.aborted) giveUp();
    const timer = setTimeout(giveUp, seconds * 1000);
    signal.addEventListener("abort", giveUp);
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", giveUp);
      stuckReads.delete(reading);
    };
    reading.finally(end).then(resolve, reject);
  });
}

const readFile = (
  path: string,
  { largestBytes, pipes = false, noLink = false, check }: UserFileOptions,
): Promise<Buffer> =>
  attempt(path, async () => {
    // Without O_NONBLOCK, opening a FIFO waits for its writer.
    const flags =
      constants.O_RDONLY |
      constants.O_NOCTTY |
      (pipes ? 0 : constants.O_NONBLOCK) |
      (noLink ? constants.O_NOFOLLOW : 0);
    const real = check === undefined ? path : await called<string>((done) => realpath.native(path, done));
    const file = await called<number>((done) => open(path, flags, done));
    try {
      const status = await called<Stats>((done) => fstat(file, done));
      refuseKind(status, path, pipes);
      check?.(status, real);
      return await readAll(file, path, { largestBytes, size: status.size });
    } finally {
      close(file, () => undefined);
    }
  });

function refuseKind(status: Stats, path: string, pipes: boolean): void {
  if (status.isFile() || (pipes && status.isFIFO())) return;
  if (status.isDirectory()) throw new UnreadableFile(`${path} is a folder`, "Set the path of a file");
  throw new UnreadableFile(`${path} is not a regular file`, "Set the path of a regular file");
}

async function readAll(file: number, path: string, { largestBytes, size }: { largestBytes: number; size: number }) {
  const tooLarge = new UnreadableFile(
    `${path} has more than ${largestBytes} bytes`,
    "Check that the path is the right one",
    "large",
  );
  if (size > largestBytes) throw tooLarge;
  const blockBytes = Math.min(Math.max(size + 1, 4096), 1_048_576);
  const blocks: Buffer[] = [];
  for (let total = 0; ;) {
    const block = Buffer.alloc(blockBytes);
    const count = await readBlock(file, block);
    if (count === 0) {
      const bytes = Buffer.concat(blocks);
      // The file may have a secret.
      for (const one of blocks) one.fill(0);
      return bytes;
    }
    total += count;
    if (total > largestBytes) throw tooLarge;
    blocks.push(block.subarray(0, count));
  }
}

/** Waits if stdin is non-blocking and has nothing yet: another process may have set it so. */
async function readBlock(file: number, block: Buffer): Promise<number> {
  for (;;) {
    try {
      return await called<number>((done) => read(file, block, 0, block.length, null, done));
    } catch (error) {
      if (codeOf(error) !== "EAGAIN") throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

const called = <T>(call: (done: (error: Error | null, result: T) => void) => void): Promise<T> =>
  new Promise((resolve, reject) => call((error, result) => (error === null ? resolve(result) : reject(error))));

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const failure = explainFileError(error, path);
    if (failure === undefined) throw error;
    const kind = codeOf(error) === "ENOENT" ? "missing" : "other";
    throw new UnreadableFile(failure.reason, failure.hint, kind, error);
  }
}
