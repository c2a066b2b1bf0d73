import type { Server, Socket } from "node:net";
import { waitFor } from "./waiting.ts";

/** A place among the processes that may use a backend at the same time; disposing of it gives it back. */
export type Slot = Disposable;

const free: Slot = { [Symbol.dispose]: () => undefined };

/**
 * Waits for one of `slots` places at a backend, counted over all processes of this user: NixOps4 starts every resource
 * that is ready at once, and a server may take a hundred connections. `endpoint` names the backend, such as
 * `postgres:127.0.0.1:5432`, in at most 80 bytes; `what` is waited for, in words.
 *
 * A place is a bound abstract unix socket (unix(7)): the kernel gives it back when its holder ends in whatever way, there
 * are no files and nothing polls. Elsewhere than on Linux there is no limit.
 */
export async function takeSlot(
  endpoint: string,
  slots: number,
  what = `one of ${slots} places at ${endpoint}`,
): Promise<Slot> {
  if (process.platform !== "linux") return free;
  const name = (slot: number): string => `\0nixops4-resources:${process.getuid?.()}:${endpoint}:${slot}`;
  const first = process.pid % slots;
  const taken = await tryAll(name, first, slots);
  if (taken !== undefined) return taken;
  return await waitFor(what, async () => {
    for (let slot = first; ; slot = (slot + 1) % slots) {
      await untilReleased(name(slot));
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

/** The place, or undefined where another process holds it. */
async function bind(path: string): Promise<Slot | undefined> {
  // Loaded here, since this module is in the chunk that every process loads.
  const { createServer } = await import("node:net");
  const waiters = new Set<Socket>();
  const server = createServer((waiter) => {
    waiters.add(waiter);
    waiter.on("error", () => waiters.delete(waiter)).on("close", () => waiters.delete(waiter));
    waiter.unref();
  });
  const bound = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error) => ("code" in error && error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.once("listening", () => resolve(true));
    listen(server, path);
  });
  if (!bound) return undefined;
  server.unref();
  return {
    [Symbol.dispose]() {
      server.close();
      // This is what wakes them.
      for (const waiter of waiters) waiter.destroy();
    },
  };
}

/** Most waiters that may knock at the same time (listen(2)). */
const backlog = 511;

/**
 * `server.listen` loads node:cluster first (2 ms at every start), only to find that this is no worker. What it then calls is
 * reachable under a name that Node keeps for old programs; should that go, there is still the front door.
 */
function listen(server: Server, path: string): void {
  const withoutCluster: unknown = Reflect.get(server, "_listen2");
  if (typeof withoutCluster === "function") Reflect.apply(withoutCluster, server, [path, -1, -1, backlog]);
  else server.listen({ path, backlog });
}

/**
 * A waiter is connected to a holder, and woken when that connection breaks. Not for long, since this holder may be a slow
 * one and another's place free by now.
 */
async function untilReleased(path: string): Promise<void> {
  const { connect } = await import("node:net");
  await new Promise<void>((resolve) => {
    const holder = connect(path);
    const patience = setTimeout(() => holder.destroy(), 500 + Math.random() * 500);
    holder.on("error", () => undefined);
    holder.on("close", () => {
      clearTimeout(patience);
      // Random, since all who waited for this holder wake at once.
      setTimeout(resolve, Math.random() * 20);
    });
  });
}
