import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DriverError } from "./errors.ts";

/**
 * Locks `what` (the real path of a deployment or a state log) for this process. The lock is a listening socket, so it
 * ends with its process, and a second process can ask the holder who it is. Throws DriverError if another process holds
 * the lock.
 */
export async function holdLock(what: string): Promise<AsyncDisposable> {
  const address = lockAddress(what);
  const holder = `process ${process.pid} of user ${userName()}, since ${new Date().toISOString()}`;
  for (;;) {
    const server = createServer((socket) => socket.end(holder));
    try {
      server.listen(address);
      await once(server, "listening");
      // The lock must not keep an otherwise finished process alive.
      server.unref();
      return { [Symbol.asyncDispose]: () => close(server) };
    } catch (error) {
      if (!hasCode(error, "EADDRINUSE")) throw error;
    }
    const other = await askHolder(address);
    if (other !== undefined) {
      throw new DriverError("driver.locked", `Unable to lock ${what}: ${other} holds the lock.`);
    }
    await rm(address, { force: true });
  }
}

/** A user id may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/**
 * Linux has socket names outside the file system, which need no cleanup. On other systems the socket is a file, and the
 * next process removes the file of one that was killed.
 */
function lockAddress(what: string): string {
  const name = `nixops4-resources-${createHash("sha256").update(what).digest("hex").slice(0, 32)}`;
  return process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.lock`);
}

/** Undefined if nothing listens: the holder has just ended, or left its file behind. */
async function askHolder(address: string): Promise<string | undefined> {
  try {
    return await text(connect(address));
  } catch (error) {
    if (hasCode(error, "ECONNREFUSED") || hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function close(server: Server): Promise<void> {
  server.close();
  await once(server, "close");
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
