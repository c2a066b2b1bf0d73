import { runWith } from "../request/context.ts";
import { Pools } from "../request/pools.ts";

/** A process whose requests share what they open, without the process. */
export class SharingProcess implements AsyncDisposable {
  readonly #pools = new Pools();

  /** Does the work of one request. */
  request<T>(work: () => T): T {
    return runWith({ pools: this.#pools }, work);
  }

  /** Closes what is idle, as the process does some time after its last request. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pools[Symbol.asyncDispose]();
  }
}
