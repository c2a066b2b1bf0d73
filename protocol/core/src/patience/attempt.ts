import { monotonicSeconds } from "../report/clock.ts";
import { AttemptTimedOut } from "./attempt-timed-out.ts";
import { currentSignal } from "./waiting.ts";

const tickSeconds = 0.05;

/** Limits of one attempt. */
export interface AttemptLimits {
  /** Seconds during which this process could run. */
  readonly seconds: number;
  /** Seconds on the clock, in any case. Infinity by default. */
  readonly atMostSeconds?: number;
}

/**
 * Does the work with a time limit. If the event loop is late, a timer fires before this process could look at an answer
 * that has long arrived; so each stretch in which the process could not run counts as one tick only. `signal` aborts at the
 * end of the time and at the end of the request: the work must then close what it opened, since nobody waits for it any
 * more. Throws AttemptTimedOut at the end of the time.
 */
export async function attempt<T>(
  { seconds, atMostSeconds = Infinity }: AttemptLimits,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const request = currentSignal();
  request.throwIfAborted();
  const ending = new AbortController();
  const over = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    over.reject(reason);
    ending.abort(reason);
  };
  const timer = new StarvedTimer(seconds, atMostSeconds, end);
  const onRequestEnd = (): void => end(request.reason);
  request.addEventListener("abort", onRequestEnd);
  try {
    return await Promise.race([work(ending.signal), over.promise]);
  } finally {
    request.removeEventListener("abort", onRequestEnd);
    timer[Symbol.dispose]();
  }
}

/** Counts the time in short ticks, and each of them as two ticks at most. */
class StarvedTimer implements Disposable {
  readonly #ticking: NodeJS.Timeout;

  constructor(seconds: number, atMostSeconds: number, end: (error: AttemptTimedOut) => void) {
    const started = monotonicSeconds();
    let last = started;
    let counted = 0;
    this.#ticking = setInterval(() => {
      const now = monotonicSeconds();
      counted += Math.min(now - last, 2 * tickSeconds);
      last = now;
      if (counted < seconds && now - started < atMostSeconds) return;
      this[Symbol.dispose]();
      // After the answers that arrived during the late tick: timers run before sockets.
      setImmediate(() => end(new AttemptTimedOut(counted, now - started - counted)));
    }, tickSeconds * 1000);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#ticking);
  }
}
