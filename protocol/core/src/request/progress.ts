/** A step or event that a request waits for. */
export interface Wait {
  /** Completes "waiting for ...". */
  readonly what: string;
}

/** The current wait and the writes of a request. The error of an expired time limit names both. */
export class Progress {
  /** Describes the writes so far, for the error of an expired time limit. */
  written = "nothing was written";
  /** The object of the request, such as `role app`, once it is known. */
  subject: string | undefined;
  /** What the request has reported that it waits for. */
  readonly reported = new Set<string>();
  readonly #waits: Wait[] = [];
  #isOver = false;

  /**
   * The innermost wait, or one around it that says the same and more, such as why it tries again. Undefined if the request
   * waits for nothing or has ended.
   */
  get current(): Wait | undefined {
    return this.#isOver ? undefined : this.#waits.find(({ what }) => what.startsWith(this.#waits.at(-1)?.what ?? what));
  }

  begin(what: string | (() => string)): Wait {
    const wait = typeof what === "string" ? { what } : Object.defineProperty({ what: "" }, "what", { get: what });
    this.#waits.push(wait);
    return wait;
  }

  end(wait: Wait): void {
    this.#waits.splice(this.#waits.indexOf(wait), 1);
  }

  /** Ends all waits, so that work which outlives its request no longer reports them. */
  close(): void {
    this.#isOver = true;
  }
}
