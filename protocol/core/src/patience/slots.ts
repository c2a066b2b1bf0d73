import type { Server, Socket } from "node:net";
import { codeOf } from "../report/error.ts";
import { currentSignal, waitFor } from "./waiting.ts";

/** One of the places at a backend. Disposal releases the place. */
export type Slot = Disposable;

const free: Slot = { [Symbol.dispose]: () => undefined };

/**
 * Waits for one of `slots` places at a backend. The places limit the concurrent requests of all processes of this user:
 * NixOps4 starts all ready resources at the same time, and a server may accept only a hundred connections. `endpoint`
 * names the backend, such as `postgres:127.0.0.1:5432`, in at most 80 bytes. `what` describes the place in the message
 * about a long wait.
 *
 * A place is a bound abstract unix socket (unix(7)): without files or polling, the kernel releases it however its process
 * ends. Two requests of one process compete like those of two processes. On systems other than Linux, the number of
 * requests is not limited.
 */
export async function takeSlot(
  endpoint: string,
  slots: number,
  what = `one of ${slots} places at ${endpoint}`,
): Promise<Slot> {
  if (process.platform !== "linux") return free;
  const name = (slot: number): string => `\0nixops4-resources:${process.getuid?.()}:${endpoint}:${slot}`;
  // Random, so that most requests find a free place at the first try.
  const first = Math.floor(Math.random() * slots);
  const taken = await tryAll(name, first, slots);
  if (taken !== undefined) return taken;
  const signal = currentSignal();
  return await waitFor(what, async () => {
    for (let slot = first; ; slot = (slot + 1) % slots) {
      await untilReleased(name(slot), signal);
      // If the request has ended, it must not take a place.
      signal.throwIfAborted();
      const released = await tryAll(name, slot, slots);
      if (released !== undefined) return released;
    }
  });
}

async function tryAll(name: (slot: number) => string, first: number, slots: number): Promise<Slot | undefined> {
  for (let tried = 0; tried < slots; tried++) {
    const server = await bind(name((first + tried) % slots));
    if (server !== undefined) return server;
  }
  return undefined;
}

/** Takes the place. Returns undefined if another request has it. */
async function bind(path: string): Promise<Slot | undefined> {
  // Loaded on demand, since every process loads this module.
  const { createServer } = await import("node:net");
  const waiters = new Set<Socket>();
  const server = createServer((waiter) => {
    waiters.add(waiter);
    waiter.on("error", () => waiters.delete(waiter)).on("close", () => waiters.delete(waiter));
    waiter.unref();
  });
  const bound = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error) => (codeOf(error) === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.once("listening", () => resolve(true));
    listen(server, path);
  });
  if (!bound) return undefined;
  server.unref();
  return {
    [Symbol.dispose]() {
      server.close();
      // Closing the connection wakes the waiter.
      for (const waiter of waiters) waiter.destroy();
    },
  };
}

/** Maximum number of pending connections of waiters (listen(2)). */
const backlog = 511;

/**
 * `server.listen` first loads node:cluster (2 ms at every start), only to check that this process is not a worker. Node
 * exposes the function that `listen` then calls as `_listen2`. If a version of Node removes that name, `listen` is used.
 */
function listen(server: Server, path: string): void {
  const withoutCluster: unknown = Reflect.get(server, "_listen2");
  if (typeof withoutCluster === "function") Reflect.apply(withoutCluster, server, [path, -1, -1, backlog]);
  else server.listen({ path, backlog });
}

/**
 * Waits until the holder of a place closes the connection. Stops waiting after one second at most, since another place
 * may become free earlier.
 */
async function untilReleased(path: string, signal: AbortSignal): Promise<void> {
  const { connect } = await import("node:net");
  await new Promise<void>((resolve) => {
    const holder = connect(path);
    const giveUp = (): void => void holder.destroy();
    const patience = setTimeout(giveUp, 500 + Math.random() * 500);
    signal.addEventListener("abort", giveUp);
    holder.on("error", () => undefined);
    holder.on("close", () => {
      clearTimeout(patience);
      signal.removeEventListener("abort", giveUp);
      // Random, since all waiters of this holder wake at the same time.
      setTimeout(resolve, Math.random() * 20);
    });
  });
}
