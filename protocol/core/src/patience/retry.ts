import { log } from "../report/log.ts";
import { currentSignal } from "./waiting.ts";

/** How often and how patiently something is tried again. */
export interface RetryOptions {
  /** Whether trying again can help and cannot harm: never for a write whose outcome is unknown. */
  isSafe: (error: unknown) => boolean;
  /** Tries in all. */
  tries?: number;
  /** Longest wait before the second try, in milliseconds; it doubles from try to try, up to 5 s. */
  firstWaitMs?: number;
}

/**
 * Does the work, and again after a failure that `isSafe` names. Each wait is a random part of its longest, so that a
 * hundred processes that were refused together do not come back together.
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
      log.info("trying again", { tries: done, reason: error instanceof Error ? error.message : String(error) });
      const { setTimeout: pause } = await import("node:timers/promises");
      await pause(longest * (0.2 + 0.8 * Math.random()), undefined, { signal: currentSignal() });
    }
  }
}
