import type { StateStore } from "../resource/state-store.ts";

/** The open state stores of this process. Each stays open until the end of input. */
export class OpenStores implements AsyncDisposable {
  readonly #opened = new Map<string, StateStore>();

  /** If true, an interrupt must not end this process, because nixops4 still writes to the state. */
  get isAnyOpen(): boolean {
    return this.#opened.size > 0;
  }

  /** The store that is open under this key; opens it if needed. */
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
