import { closeSync, existsSync, fstatSync, openSync, read, readSync, writeSync } from "node:fs";
import { stuckReads } from "../files/stuck-reads.ts";
import { codeOf } from "../report/error.ts";

const newline = 0x0a;

/** Returns a function that reads the next line; `undefined` is the end of input. A line may have megabytes and end in CRLF; the last line needs no newline. */
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
      // NixOps4 sends one request to most processes, and a synchronous read saves the start of a stream (4 ms). Later reads
      // are asynchronous, because the connections of an open state store need the event loop.
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
    const reading = new Promise<number | Error>((resolve) => {
      read(fd, block, 0, block.length, null, (error, length) => resolve(error ?? length));
    });
    stuckReads.add(reading);
    const result = await reading;
    stuckReads.delete(reading);
    if (typeof result === "number") return result;
    if (isEnd(result)) return 0;
    if (!isBusy(result)) throw result;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Writes the whole text and waits while a pipe is full. Throws EPIPE if the reader has closed the pipe. */
export function writeFully(fd: number, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
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
 * library or a child process) writes to stderr instead.
 */
export function guardStdout(): number {
  Object.defineProperty(process, "stdout", { get: () => process.stderr, configurable: true });
  // The pipe that NixOps4 passes can be opened again by name. A socket cannot, and a file would get a second offset: there
  // a direct write to descriptor 1 still reaches stdout.
  if (!fstatSync(1).isFIFO() || !existsSync("/proc/self/fd/2")) return 1;
  const answers = openSync("/proc/self/fd/1", "w");
  closeSync(1);
  try {
    // Works like dup2: the open takes descriptor 1, because it is the lowest free one.
    openSync("/proc/self/fd/2", "a");
  } catch {
    openSync("/dev/null", "w");
  }
  return answers;
}

const isBusy = (error: unknown): boolean => codeOf(error) === "EAGAIN";
/** Windows reports the end of input as EOF, a closed terminal as EIO, every other source as a length of 0. */
const isEnd = (error: unknown): boolean => codeOf(error) === "EOF" || codeOf(error) === "EIO";
export const isBrokenPipe = (error: unknown): boolean => codeOf(error) === "EPIPE";

function sleepSync(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
}
