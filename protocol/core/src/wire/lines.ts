import { closeSync, existsSync, fstatSync, openSync, read, readSync, writeSync } from "node:fs";
import { codeOf } from "../report/error.ts";

const newline = 0x0a;

/** Source of lines; `undefined` means the end of input. Lines may have megabytes, may end in CRLF, and the last may have no end. */
export function lineReader(fd = 0): () => Promise<string | undefined> {
  const block = Buffer.allocUnsafe(65_536);
  let rest = Buffer.alloc(0);
  let reads = 0;

  return async function next() {
    const parts: Buffer[] = [];
    for (;;) {
      const end = rest.indexOf(newline);
      if (end >= 0) {
        parts.push(rest.subarray(0, end));
        rest = rest.subarray(end + 1);
        return toText(parts);
      }
      if (rest.length > 0) parts.push(rest);
      // NixOps4 sends one request to most processes: a synchronous read saves the start of a stream (4 ms). Later reads must
      // not block the event loop, since open state stores use it.
      const length = reads++ === 0 ? readNow(fd, block) : await readLater(fd, block);
      rest = Buffer.from(block.subarray(0, length));
      if (length === 0) return parts.length === 0 ? undefined : toText(parts);
    }
  };
}

function toText(parts: Buffer[]): string {
  const text = Buffer.concat(parts).toString("utf8");
  return text.endsWith("\r") ? text.slice(0, -1) : text;
}

function readNow(fd: number, block: Buffer): number {
  for (;;) {
    try {
      return readSync(fd, block, 0, block.length, null);
    } catch (error) {
      if (isEnd(error)) return 0;
      if (!isBusy(error)) throw error;
      sleepSync();
    }
  }
}

async function readLater(fd: number, block: Buffer): Promise<number> {
  for (;;) {
    const result = await new Promise<number | Error>((resolve) => {
      read(fd, block, 0, block.length, null, (error, length) => resolve(error ?? length));
    });
    if (typeof result === "number") return result;
    if (isEnd(result)) return 0;
    if (!isBusy(result)) throw result;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Writes the whole text, also to a pipe that is full for the moment. Throws EPIPE if nobody reads any more. */
export function writeFully(fd: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      if (!isBusy(error)) throw error;
      sleepSync();
    }
  }
}

/**
 * Reserves stdout for the protocol and returns its file descriptor. Everything else that writes to stdout (console.log, a
 * library, a child process) is redirected to stderr.
 */
export function guardStdout(): number {
  Object.defineProperty(process, "stdout", { get: () => process.stderr, configurable: true });
  // NixOps4 uses a pipe, which can be opened again by name. A socket cannot, and a file would get a second offset: for
  // these, only writes through process.stdout are redirected.
  if (!fstatSync(1).isFIFO() || !existsSync("/proc/self/fd/2")) return 1;
  const answers = openSync("/proc/self/fd/1", "w");
  closeSync(1);
  try {
    // As dup2 does: descriptor 1 is the lowest free one, so `openSync` returns it.
    openSync("/proc/self/fd/2", "a");
  } catch {
    openSync("/dev/null", "w");
  }
  return answers;
}

const isBusy = (error: unknown): boolean => codeOf(error) === "EAGAIN";
/** On Windows, the end is an error EOF; a closed terminal reports EIO. */
const isEnd = (error: unknown): boolean => codeOf(error) === "EOF" || codeOf(error) === "EIO";
export const isBrokenPipe = (error: unknown): boolean => codeOf(error) === "EPIPE";

function sleepSync(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}
