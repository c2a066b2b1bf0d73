import { currentContext } from "../request/context.ts";
import type { Slot } from "./lock.ts";
import type { Waiting } from "./waiting.ts";

/** Requests of one process that may use a server at a time, if it has as many places. */
const mostOfOne = 8;

/** A server that requests of this process use. */
interface Server {
  /** Places that requests of this process have, or are about to have. */
  taken: number;
  /** Those that wait, by age. Each gets a place, or undefined when it may look for one of its own. */
  readonly waiting: ((place: Slot | undefined) => void)[];
}

/**
 * The places of one process with many requests. A place goes from one request to the next without a look at the files of
 * `takeSlot`, and 8 requests of the process have one at a time: those of other processes get the others.
 */
export class Places implements AsyncDisposable {
  readonly #servers = new Map<string, Server>();

  /** Waits for one of `slots` places at `endpoint`, which `find` takes from those of the machine. `wait` reports a long wait. */
  async take(endpoint: string, slots: number, wait: Waiting, find: () => Promise<Slot>): Promise<Slot> {
    const server = this.#serverOf(endpoint);
    const given = server.taken < Math.min(slots, mostOfOne) ? undefined : await wait(() => turn(server));
    if (given !== undefined) return lent(server, given);
    server.taken++;
    try {
      return lent(server, await find());
    } catch (error) {
      server.taken--;
      server.waiting.shift()?.(undefined);
      throw error;
    }
  }

  /** Nothing is idle here: a place that nobody waits for is released at once. */
  async [Symbol.asyncDispose](): Promise<void> {}

  #serverOf(endpoint: string): Server {
    const server = this.#servers.get(endpoint) ?? { taken: 0, waiting: [] };
    this.#servers.set(endpoint, server);
    return server;
  }
}

/** The place as one request has it: disposal gives it to the request that has waited longest. */
function lent(server: Server, place: Slot): Slot {
  let isReturned = false;
  return {
    [Symbol.dispose]() {
      if (isReturned) return;
      isReturned = true;
      const next = server.waiting.shift();
      if (next !== undefined) {
        next(place);
        return;
      }
      server.taken--;
      place[Symbol.dispose]();
    },
  };
}

/** Waits until another request gives its place, or until the request ends. */
async function turn(server: Server): Promise<Slot | undefined> {
  const { signal } = currentContext();
  signal.throwIfAborted();
  return await new Promise((resolve, reject) => {
    const take = (place: Slot | undefined): void => {
      signal.removeEventListener("abort", leave);
      resolve(place);
    };
    const leave = (): void => {
      server.waiting.splice(server.waiting.indexOf(take), 1);
      reject(signal.reason instanceof Error ? signal.reason : new Error("the request is over"));
    };
    server.waiting.push(take);
    signal.addEventListener("abort", leave, { once: true });
  });
}
