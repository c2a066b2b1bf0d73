import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { DriverError } from "./errors.ts";

/**
 * Holds `what` (the real path of a deployment or a state log) for this process. The lock is a listening socket, so it
 * is gone with its process however that ends, and whoever comes second can ask the holder who it is. Throws DriverError
 * where another process holds it.
 */
export async function holdLock(what: string): Promise<AsyncDisposable> {
  const address = lockAddress(what);
  const holder = `process ${process.pid} of user ${userName()}, since ${new Date().toISOString()}`;
  for (;;) {
    const server = createServer((socket) => socket.end(holder));
    try {
      server.listen(address);
      await once(server, "listening");
      // The lock must not keep a process alive that has nothing else to do.
      server.unref();
      return { [Symbol.asyncDispose]: () => close(server) };
    } catch (error) {
      if (!hasCode(error, "EADDRINUSE")) throw error;
    }
    const other = await askHolder(address);
    if (other !== undefined) {
      throw new DriverError("driver.locked", `Unable to lock ${what}: ${other} holds it.`);
    }
    await rm(address, { force: true });
  }
}

/** A user id need not have a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}

/**
 * Linux has socket names outside the file system, which leave nothing behind. Elsewhere it is a file, and the one of a
 * process that was killed is removed by the next.
 */
function lockAddress(what: string): string {
  const name = `nixops4-resources-${createHash("sha256").update(what).digest("hex").slice(0, 32)}`;
  return process.platform === "linux" ? `\0${name}` : join(tmpdir(), `${name}.lock`);
}

/** Undefined where nobody listens: the holder has just ended, or left its file behind. */
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
