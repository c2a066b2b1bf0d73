import { monotonicSeconds } from "../report/clock.ts";
import { ProviderError } from "../report/error.ts";
import { beginSteps, whatWasWritten } from "../converge/step.ts";
import { beginRequest, currentStep } from "../patience/waiting.ts";

/** The longest that a request may take before its inputs, which may say otherwise, are read. */
const defaultTimeoutSeconds = 300;

let failInHand: ((error: unknown) => void) | undefined;

/**
 * Ends the request in hand with an error that nobody caught, such as one that a client library threw from an event: no
 * request stays unanswered. False where none is in hand.
 */
export function failRequestInHand(error: unknown): boolean {
  failInHand?.(error);
  return failInHand !== undefined;
}

/** A request's time. The error of a request that ran out of it says what was being waited for. */
export class Deadline implements Disposable {
  readonly #abort = new AbortController();
  readonly #over = Promise.withResolvers<never>();
  readonly #started = monotonicSeconds();
  #timer: NodeJS.Timeout | undefined;

  constructor() {
    failInHand = (error) => this.fail(error);
    beginRequest(this.#abort.signal);
    beginSteps();
    this.extend(defaultTimeoutSeconds);
    // Without a race to lose, it must not count as unhandled.
    this.#over.promise.catch(() => undefined);
  }

  get seconds(): number {
    return monotonicSeconds() - this.#started;
  }

  /** Sets the time from the start of the request. */
  extend(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#expire(seconds), Math.max(0, seconds - this.seconds) * 1000);
  }

  /** The work, or the error of having run out of time. */
  race<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.#over.promise]);
  }

  /** Ends the request at once; what it still does is told to stop. */
  fail(error: unknown): void {
    this.#over.reject(error);
    this.#abort.abort();
  }

  [Symbol.dispose](): void {
    failInHand = undefined;
    clearTimeout(this.#timer);
  }

  #expire(seconds: number): void {
    this.fail(
      new ProviderError(
        `${seconds} s were not enough, while waiting for ${currentStep() ?? "an answer"}; ${whatWasWritten()}`,
        {
          code: "protocol.timeout",
          hint: "Apply again: it looks first and goes on from what is there. Where the backend is slow, raise timeoutSeconds",
        },
      ),
    );
  }
}
