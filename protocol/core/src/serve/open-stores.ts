import type { StateStore } from "../resource/state-store.ts";

/** The state stores that this process has opened: each stays open until the end of input. */
export class OpenStores implements AsyncDisposable {
  readonly #opened = new Map<string, StateStore>();

  /** Whether there is one: then an interrupt must not end this process, since the run that it serves goes on. */
  get isAnyOpen(): boolean {
    return this.#opened.size > 0;
  }

  /** The store that was opened under this key, or is opened now. */
  async of(key: string, open: () => Promise<StateStore>): Promise<StateStore> {
    const store = this.#opened.get(key) ?? (await open());
    this.#opened.set(key, store);
    return store;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stores = [...this.#opened.values()];
    this.#opened.clear();
    for (const store of stores) await store[Symbol.asyncDispose]();
  }
}
