import { readFileSync, statSync, unlinkSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { exitNow } from "../files/stuck-reads.ts";
import { PoolsInUse } from "../request/pools.ts";
import type { Provider } from "../serve/provider.ts";
import { keepHeapSmall } from "../serve/small-heap.ts";
import { Connection, type Shared } from "./connection.ts";

/** Descriptors that the launcher hands over: the listening socket, and the folder in which it has its name (launcher.h). */
const [listener, folder] = [3, 4];
/** Most launchers that wait to be accepted; Linux has no higher limit by default. */
const backlog = 4096;
/** A worker without launchers ends after this time, in milliseconds. An apply starts its processes in waves. */
const idleMs = 3000;
/** How long launchers may need between finding the socket and connecting to it, in milliseconds. */
const lastCallMs = 50;

/** Serves the launchers of one apply, until none is left. `socketName` is the name of the listening socket in its folder. */
export function startWorker(provider: Provider, socketName: string | undefined): void {
  if (socketName === undefined) throw new TypeError("A worker is started by its launcher.");
  keepHeapSmall();
  // Nobody knows which requests an uncaught error concerns, since they share connections: the launchers repeat all of them.
  process.on("uncaughtException", () => exitNow(1));
  const isOutdated = changesOf(process.argv[1] ?? "");
  const shared = { provider, pools: new PoolsInUse(), environment: ownEnvironment(), isOutdated };
  new Worker(socketName, shared).listen();
}

const ownEnvironment = (): Buffer => readFileSync("/proc/self/environ");

/** Whether the file is another one now than at the time of this call: an upgrade removes chunks that a request may need. */
function changesOf(file: string): () => boolean {
  const identity = (): string => {
    const { ino = 0n, mtimeNs = 0n } = statSync(file, { bigint: true, throwIfNoEntry: false }) ?? {};
    return `${ino} ${mtimeNs}`;
  };
  const first = identity();
  return () => identity() !== first;
}

class Worker {
  readonly #socketName: string;
  readonly #shared: Shared;
  readonly #connections = new Set<Connection>();
  #idle: NodeJS.Timeout | undefined;
  #isRetired = false;

  constructor(socketName: string, shared: Shared) {
    this.#socketName = socketName;
    this.#shared = shared;
  }

  listen(): void {
    createServer((socket) => void this.#accept(socket)).listen({ fd: listener, backlog });
    process.on("SIGTERM", () => this.#retire());
    process.on("SIGINT", () => this.#retire());
    this.#rest();
  }

  async #accept(socket: Socket): Promise<void> {
    clearTimeout(this.#idle);
    const connection = new Connection(this.#shared, socket);
    this.#connections.add(connection);
    try {
      await connection.serve();
    } finally {
      this.#connections.delete(connection);
      if (this.#connections.size === 0) this.#rest();
    }
  }

  /** Waits for launchers, and ends if none comes. */
  #rest(): void {
    this.#idle = setTimeout(() => this.#end(), this.#isRetired ? lastCallMs : idleMs);
  }

  /** A signal: ends as soon as the requests in hand are answered. */
  #retire(): void {
    this.#isRetired = true;
    this.#removeSocket();
    for (const connection of this.#connections) connection.retire();
    if (this.#connections.size === 0) exitNow(0);
  }

  /** No launcher finds the socket any more. Those that found it before are served. */
  #end(): void {
    if (this.#isRetired) exitNow(0);
    this.#isRetired = true;
    this.#removeSocket();
    this.#rest();
  }

  /** While this process listens, the name belongs to its socket: a launcher replaces only one that nobody listens on. */
  #removeSocket(): void {
    try {
      unlinkSync(`/proc/self/fd/${folder}/${this.#socketName}`);
    } catch {
      // A cleaner of temporary files was faster.
    }
  }
}
