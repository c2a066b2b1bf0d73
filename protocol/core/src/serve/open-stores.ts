import { runWith } from "../request/context.ts";
import type { StateStore } from "../resource/state-store.ts";
import { KnownSecrets } from "../secrets/known-secrets.ts";

/**
 * The state stores that this process has opened. They belong to the process, not to a request: NixOps4 sends the events of
 * one run as many requests, and a writer keeps its lock between them. Each stays open until the end of input.
 */
export class OpenStores implements AsyncDisposable {
  readonly #opening = new Map<string, Promise<StateStore>>();
  readonly #opened = new Set<StateStore>();
  readonly #secrets = new KnownSecrets();

  /** Whether a store is open. If so, an interrupt must not end this process, since the run that it serves goes on. */
  get isAnyOpen(): boolean {
    return this.#opened.size > 0;
  }

  /**
   * Does work with a store, in a context that is no request's: the secrets that the store resolves stay known as long as
   * it is open, and an uncaught error may concern every request that uses it.
   */
  use<T>(work: () => Promise<T>): Promise<T> {
    return runWith({ secrets: this.#secrets }, work);
  }

  /** The store under this key; opens it if necessary. Requests that ask at the same time get the same store. */
  async of(key: string, open: () => Promise<StateStore>): Promise<StateStore> {
    for (let other = this.#opening.get(key); other !== undefined; other = this.#opening.get(key)) {
      // The attempt of another request may fail for that request alone, such as by its deadline.
      const store = await other.catch(() => undefined);
      if (store !== undefined) return store;
    }
    const opening = open();
    this.#opening.set(key, opening);
    try {
      const store = await opening;
      this.#opened.add(store);
      return store;
    } catch (error) {
      this.#opening.delete(key);
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const stores = [...this.#opened];
    this.#opened.clear();
    this.#opening.clear();
    for (const store of stores) await store[Symbol.asyncDispose]();
    this.#secrets[Symbol.dispose]();
  }
}
