import { closeSync, existsSync, fstatSync, openSync, read, readSync, writeSync } from "node:fs";
import { codeOf } from "../report/error.ts";

const newline = 0x0a;

/** Source of lines; `undefined` is the end of input. A line may be megabytes, may end in CRLF, the last one in nothing. */
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
      // NixOps4 sends one request to most processes: reading it synchronously spares the start of a stream (4 ms). From the
      // second on, connections that a state store keeps open need the event loop while we wait.
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

/** Writes the whole text, also to a pipe that is full for the moment. Throws EPIPE when nobody reads any more. */
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
 * Keeps stdout for the protocol and returns its file descriptor: whatever else writes to stdout, be it console.log, a
 * library or a child process, lands on stderr.
 */
export function guardStdout(): number {
  Object.defineProperty(process, "stdout", { get: () => process.stderr, configurable: true });
  // A pipe, which is what NixOps4 gives, can be opened again by name. A socket cannot, and a file would get a second
  // offset: there only what goes past process.stdout gets through.
  if (!fstatSync(1).isFIFO() || !existsSync("/proc/self/fd/2")) return 1;
  const answers = openSync("/proc/self/fd/1", "w");
  closeSync(1);
  try {
    // What dup2 does elsewhere: descriptor 1 is the lowest free one, so the open takes it.
    openSync("/proc/self/fd/2", "a");
  } catch {
    openSync("/dev/null", "w");
  }
  return answers;
}

const isBusy = (error: unknown): boolean => codeOf(error) === "EAGAIN";
/** Windows says EOF for what others say with a length of 0; a terminal that went away says EIO. */
const isEnd = (error: unknown): boolean => codeOf(error) === "EOF" || codeOf(error) === "EIO";
export const isBrokenPipe = (error: unknown): boolean => codeOf(error) === "EPIPE";

function sleepSync(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}
