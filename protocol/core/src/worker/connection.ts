import type { Socket } from "node:net";
import { flushLog } from "../report/log.ts";
import type { ActiveRequest } from "../request/active-request.ts";
import type { PoolsInUse } from "../request/pools.ts";
import { answer } from "../serve/answer.ts";
import { OpenStores } from "../serve/open-stores.ts";
import type { Provider } from "../serve/provider.ts";
import { looksTagged } from "../wire/wire.ts";
import { frame, Records } from "./frames.ts";

/** What the launchers of one worker have in common. */
export interface Shared {
  readonly provider: Provider;
  readonly pools: PoolsInUse;
  /** The environment of this process as the kernel shows it: each launcher must have the same. */
  readonly environment: Buffer;
  /** Whether an answer may not be sent, since the files of the provider are others now. Then the request is repeated. */
  readonly isOutdated: () => boolean;
}

/** How often a launcher hears of its worker, in milliseconds. It kills one that is silent for 30 s. */
const signOfLifeMs = 10_000;

/**
 * One launcher, whose stdin, stdout and stderr are on the other side of the socket: its lines are answered in order, as by a
 * process of its own. If the socket is closed without an answer, the launcher repeats the request by such a process.
 */
export class Connection {
  readonly #shared: Shared;
  readonly #socket: Socket;
  readonly #records = new Records();
  #wake = (): void => undefined;
  /** The request in hand. */
  #request: ActiveRequest | undefined;
  #isClosed = false;
  #isRetired = false;

  constructor(shared: Shared, socket: Socket) {
    this.#shared = shared;
    this.#socket = socket;
    socket
      .on("data", (block: Buffer) => {
        this.#records.add(block);
        this.#wake();
      })
      .on("error", () => undefined)
      // The launcher never closes one direction only.
      .on("end", () => socket.destroy())
      .on("close", () => {
        this.#isClosed = true;
        this.#request?.deadline.fail(new Error("its launcher has ended"));
        this.#wake();
      });
  }

  /** Serves the launcher until one of both ends. */
  async serve(): Promise<void> {
    const life = setInterval(() => this.#socket.write(frame("B")), signOfLifeMs);
    try {
      if (await this.#greet()) await this.#answerLines();
    } finally {
      clearInterval(life);
      this.#socket.destroySoon();
    }
  }

  /** Answers what is in hand, and no further line. */
  retire(): void {
    this.#isRetired = true;
    if (this.#request === undefined) this.#socket.destroy();
  }

  async #greet(): Promise<boolean> {
    const environment = await this.#next();
    if (environment == null || !this.#shared.environment.equals(environment)) return false;
    const pid = Buffer.alloc(4);
    pid.writeUInt32LE(process.pid);
    this.#socket.write(frame("H", pid));
    return true;
  }

  async #answerLines(): Promise<void> {
    // Only a state provider opens stores, and such a provider has no worker.
    await using stores = new OpenStores();
    for (let record = await this.#next(); record != null; record = await this.#next()) {
      const line = record.toString("utf8");
      // The provider itself serves these.
      if (looksTagged(line)) return;
      const content = line.trim() === "" ? "" : await this.#answer(line, stores);
      if (content === undefined) return;
      this.#socket.write(frame("A", content));
      if (this.#isRetired) return;
    }
    await flushLog();
    if (!this.#isClosed) this.#socket.write(frame("X", Buffer.of(0)));
  }

  /** The line of the answer; undefined if it may not be sent. */
  async #answer(line: string, stores: OpenStores): Promise<string | undefined> {
    const { provider, pools, isOutdated } = this.#shared;
    const stderr = (text: string): void => void this.#socket.write(frame("E", text));
    const onBegin = (request: ActiveRequest): void => void (this.#request = request);
    const message = await pools.during((shared) => answer(provider, line, stores, { stderr, pools: shared, onBegin }));
    this.#request = undefined;
    if ("errorResponse" in message && isOutdated()) return undefined;
    return `${JSON.stringify(message)}\n`;
  }

  /** The next record; null at the end of the launcher's input, undefined if the launcher is gone. */
  async #next(): Promise<Buffer | null | undefined> {
    for (;;) {
      if (this.#isClosed) return undefined;
      const record = this.#records.next();
      if (record !== undefined) return record;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
