import { monotonicSeconds } from "../report/clock.ts";
import { ProviderError } from "../report/error.ts";
import type { Progress } from "./progress.ts";

/** Time limit until the request's inputs are read, which may set another limit. */
const defaultTimeoutSeconds = 300;

/** Time limit of one request. If it expires, the error names the step in progress. */
export class Deadline implements Disposable {
  readonly #progress: Progress;
  readonly #abort = new AbortController();
  readonly #over = Promise.withResolvers<never>();
  readonly #started = monotonicSeconds();
  #timer: NodeJS.Timeout | undefined;
  #limitSeconds = defaultTimeoutSeconds;

  constructor(progress: Progress) {
    this.#progress = progress;
    this.extend(defaultTimeoutSeconds);
    // A failure before the call of `race` must not count as an unhandled rejection.
    this.#over.promise.catch(() => undefined);
  }

  /** Aborts when the request ends early. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  get seconds(): number {
    return monotonicSeconds() - this.#started;
  }

  get remainingSeconds(): number {
    return this.#limitSeconds - this.seconds;
  }

  /** Sets the limit, counted from the start of the request. */
  extend(seconds: number): void {
    this.#limitSeconds = seconds;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(seconds), Math.max(0, seconds - this.seconds) * 1000);
  }

  /** Resolves with the result of `work`, or rejects with the error that ended the request first. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#over.promise]);
  }

  /** Ends the request at once, and aborts its remaining work. */
  fail(error: unknown): void {
    this.#over.reject(error);
    this.#abort.abort();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #expire(seconds: number): void {
    const { current, written } = this.#progress;
    this.fail(
      new ProviderError(
        `the time limit of ${seconds} s expired while waiting for ${current?.what ?? "an answer"}; ${written}`,
        {
          code: "protocol.timeout",
          hint: "Apply again: the provider reads the existing object and continues from there. If the backend is slow, raise `timeoutSeconds`",
        },
      ),
    );
  }
}
