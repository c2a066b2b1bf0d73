import { AttemptTimedOut } from "./attempt-timed-out.ts";
import { OwnTime, type OwnTimeLimits } from "./own-time.ts";
import { currentSignal } from "./waiting.ts";

/** Limits of one attempt. */
export type AttemptLimits = OwnTimeLimits;

/**
 * Does the work with a time limit in which only time counts that this process could run. `signal` aborts at the end of the
 * time and at the end of the request: the work must then close what it opened, since nobody waits for it any more. Throws
 * AttemptTimedOut at the end of the time.
 */
export async function attempt<T>(limits: AttemptLimits, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const request = currentSignal();
  request.throwIfAborted();
  const ending = new AbortController();
  const over = Promise.withResolvers<never>();
  const end = (reason: unknown): void => {
    over.reject(reason);
    ending.abort(reason);
  };
  using time = new OwnTime(limits, () => end(new AttemptTimedOut(time.seconds, time.lostSeconds)));
  const onRequestEnd = (): void => end(request.reason);
  request.addEventListener("abort", onRequestEnd);
  try {
    return await Promise.race([work(ending.signal), over.promise]);
  } finally {
    request.removeEventListener("abort", onRequestEnd);
  }
}
