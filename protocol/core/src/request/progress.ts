/** One thing that a request waits for, in words. */
export interface Wait {
  readonly what: string;
}

/** What a request is doing, and what it has written so far: the parts of its error if it runs out of time. */
export class Progress {
  /** In words for a person whose request ran out of time. */
  written = "nothing was written";
  readonly #waits: Wait[] = [];
  #isOver = false;

  /** The innermost of the running waits; undefined if there is none, or if the request has ended. */
  get current(): Wait | undefined {
    return this.#isOver ? undefined : this.#waits.at(-1);
  }

  begin(what: string): Wait {
    const wait = { what };
    this.#waits.push(wait);
    return wait;
  }

  end(wait: Wait): void {
    this.#waits.splice(this.#waits.indexOf(wait), 1);
  }

  /** Ends all waits at once. Work that outlives its request no longer reports. */
  close(): void {
    this.#isOver = true;
  }
}
