import { messageOf } from "../report/error.ts";
import { log } from "../report/log.ts";
import { currentSignal } from "./waiting.ts";

/** Number of tries and the waits between them. */
export interface RetryOptions {
  /** Whether a retry may succeed and does no harm. Must be false for a write whose outcome is unknown. */
  isSafe: (error: unknown) => boolean;
  /** Total number of tries, the first included. */
  tries?: number;
  /** Maximum wait before the second try, in milliseconds. It doubles with each try, up to 5 s. */
  firstWaitMs?: number;
}

/**
 * Runs `work`, and repeats it after an error that `isSafe` accepts. Each wait has a random length up to its maximum, so
 * that a hundred processes that failed together do not retry together.
 */
export async function retry<T>(
  work: () => Promise<T>,
  { isSafe, tries = 6, firstWaitMs = 100 }: RetryOptions,
): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await work();
    } catch (error) {
      if (done === tries || !isSafe(error)) throw error;
      const longest = Math.min(firstWaitMs * 2 ** (done - 1), 5000);
      log.info("retrying", { tries: done, reason: messageOf(error) });
      const { setTimeout: pause } = await import("node:timers/promises");
      await pause(longest * (0.2 + 0.8 * Math.random()), undefined, { signal: currentSignal() });
    }
  }
}
