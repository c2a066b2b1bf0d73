import { PoolsInUse, type Pools } from "../request/pools.ts";
import { isBrokenPipe, writeFully } from "../wire/lines.ts";
import { notTaggable, parseTagged, taggedMessages, type Tag } from "../wire/tagged.ts";
import { answer, type Answer } from "./answer.ts";
import { explain } from "./explain.ts";
import type { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { keepHeapSmall } from "./small-heap.ts";
import type { StopSignals } from "./stop-signals.ts";

/** What the requests of one process have in common. */
interface Process {
  readonly provider: Provider;
  readonly stores: OpenStores;
  readonly stops: StopSignals;
  /** Descriptor of stdout. */
  readonly stdout: number;
}

/** Requests that run side by side in this process. Disposal waits for all of them. */
export class TaggedRequests implements AsyncDisposable {
  readonly #process: Process;
  readonly #inHand = new Set<Promise<void>>();
  readonly #pools = new PoolsInUse();
  /** Whether somebody still reads stdout. If not, the requests in hand end nevertheless. */
  #isRead = true;

  constructor(process: Process) {
    this.#process = process;
    keepHeapSmall();
  }

  /** Begins a request; its answer is written when it is done. */
  start(line: string): void {
    const work = this.#process.stops
      .deferDuring(() => this.#pools.during((pools) => this.#answer(line, pools)))
      .finally(() => {
        this.#inHand.delete(work);
        const { received } = this.#process.stops;
        // By the signal itself, whose effect is the default one again: to exit would wait for the read of stdin.
        if (received === "SIGTERM") process.kill(process.pid, received);
      });
    this.#inHand.add(work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#inHand);
    await this.#pools[Symbol.asyncDispose]();
  }

  async #answer(text: string, pools: Pools): Promise<void> {
    let tagged: ReturnType<typeof parseTagged>;
    try {
      tagged = parseTagged(text);
    } catch (error) {
      this.#write({ errorResponse: { message: explain(error, "read the request") } });
      return;
    }
    const { id, line } = tagged;
    const refused = notTaggable(line);
    const response =
      refused === undefined
        ? await this.#ask(id, line, pools)
        : { errorResponse: { message: explain(refused, "read the request") } };
    this.#write({ [taggedMessages.response]: { id, response } });
  }

  #ask(id: Tag, line: string, pools: Pools): Promise<Answer> {
    const { provider, stores } = this.#process;
    const stderr = (content: string): void => this.#write({ [taggedMessages.stderr]: { id, text: content } });
    return answer(provider, line, stores, { stderr, pools });
  }

  #write(message: object): void {
    if (!this.#isRead) return;
    try {
      writeFully(this.#process.stdout, `${JSON.stringify(message)}\n`);
    } catch (error) {
      if (!isBrokenPipe(error)) throw error;
      this.#isRead = false;
    }
  }
}
