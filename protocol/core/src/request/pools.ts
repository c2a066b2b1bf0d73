/**
 * What the requests of one process share, such as idle connections. Each kind of thing is a class of its own, which its
 * package loads and names; this package knows none of them. Undefined in a process that serves its requests one by one:
 * such a process usually has only one, and would wait for connections that nobody uses again.
 */
export class Pools implements AsyncDisposable {
  readonly #pools = new Map<new () => AsyncDisposable, AsyncDisposable>();

  /** The pool of this class. Every request gets the same one, until all pools are closed. */
  of<Pool extends AsyncDisposable>(type: new () => Pool): Pool {
    const known = this.#pools.get(type);
    if (known instanceof type) return known;
    const pool = new type();
    this.#pools.set(type, pool);
    return pool;
  }

  /** Closes what is idle. What a request still uses is closed when it is given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    await Promise.allSettled(pools.map((pool) => pool[Symbol.asyncDispose]()));
  }
}

/** Connections are kept this long after the last request, in milliseconds. */
const idleMs = 2000;

/** Pools that exist while requests are in progress, and a moment longer, for a process that lives longer than that. */
export class PoolsInUse implements AsyncDisposable {
  readonly #pools = new Pools();
  #requests = 0;
  #closing: NodeJS.Timeout | undefined;

  /** Does the work of one request. */
  async during<T>(work: (pools: Pools) => Promise<T>): Promise<T> {
    clearTimeout(this.#closing);
    this.#requests++;
    try {
      return await work(this.#pools);
    } finally {
      if (--this.#requests === 0) this.#closing = setTimeout(() => void this.#close(), idleMs).unref();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#closing);
    await this.#close();
  }

  #close(): Promise<void> {
    return this.#pools[Symbol.asyncDispose]();
  }
}
