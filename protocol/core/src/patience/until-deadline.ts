import { messageOf } from "../report/error.ts";
import { monotonicSeconds } from "../report/clock.ts";
import { log } from "../report/log.ts";
import { currentContext } from "../request/context.ts";
import { AttemptTimedOut } from "./attempt-timed-out.ts";
import { attempt } from "./attempt.ts";
import { waitFor } from "./waiting.ts";

/** What happened until the last attempt failed, for the error's reason and hint. */
export interface Attempts {
  /** Number of attempts, the last included. */
  readonly tries: number;
  /** Seconds since the first attempt began. */
  readonly seconds: number;
  /** Seconds in which this process got no CPU during attempts that timed out. If it is large, the machine is overloaded. */
  readonly starvedSeconds: number;
  /** Whether the request's time is over. Otherwise the last error is one that no retry can help. */
  readonly isTimeOver: boolean;
}

/** Limits and meaning of the attempts. */
export interface UntilDeadlineOptions {
  /** Completes "still waiting for ...", such as `a connection to 127.0.0.1:5432`. */
  readonly what: string;
  /** Time limit of one attempt, without the time in which this process got no CPU. 10 s by default. */
  readonly attemptSeconds?: number;
  /** Whether a retry can help and cannot harm. AttemptTimedOut is retried in any case, so the work must change nothing. */
  readonly isSafe: (error: unknown) => boolean;
  /** Returns the error to throw in place of the last attempt's. */
  readonly explain?: (error: unknown, attempts: Attempts) => unknown;
}

/** Time limit of work outside of requests, such as a command of a provider. */
const outsideSeconds = 300;

/**
 * Does work that changes nothing, such as a login, and repeats it until the request's deadline:
 *
 *     await untilDeadline((signal) => login(signal), {
 *       what: `a connection to ${address}`,
 *       isSafe: (error) => codeOf(error) === "ECONNRESET",
 *       explain: (error, { tries, seconds, starvedSeconds, isTimeOver }) => new ProviderError(...),
 *     });
 *
 * An attempt ends after `attemptSeconds` in which this process could run: starvation of CPU extends an attempt, but never
 * `timeoutSeconds`. `signal` aborts at the end of the attempt and of the request; the work must then close what it opened.
 * Just before the deadline the last attempt's error is thrown, so that the answer has the client's reason and hint in
 * place of `protocol.timeout`. Waits between the attempts are random and grow to 5 s.
 */
export function untilDeadline<T>(work: (signal: AbortSignal) => Promise<T>, options: UntilDeadlineOptions): Promise<T> {
  return waitFor(options.what, () => repeat(work, options));
}

async function repeat<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { attemptSeconds = 10, isSafe, explain = (error) => error }: UntilDeadlineOptions,
): Promise<T> {
  const { signal, remainingSeconds } = currentContext();
  const started = monotonicSeconds();
  const elapsed = (): number => monotonicSeconds() - started;
  const left = limit(remainingSeconds, elapsed);
  let starvedSeconds = 0;
  for (let tries = 1; ; tries++) {
    try {
      return await attempt({ seconds: attemptSeconds, atMostSeconds: left() }, work);
    } catch (error) {
      if (signal.aborted) throw error;
      const timedOut = error instanceof AttemptTimedOut;
      if (timedOut) starvedSeconds += error.starvedSeconds;
      const waitSeconds = Math.min(0.1 * 2 ** (tries - 1), 5) * (0.2 + 0.8 * Math.random());
      const isTimeOver = left() <= waitSeconds;
      if (isTimeOver || !(timedOut || isSafe(error))) {
        throw explain(error, { tries, seconds: elapsed(), starvedSeconds, isTimeOver });
      }
      log.info("trying again", { tries, reason: messageOf(error) });
      const { setTimeout: pause } = await import("node:timers/promises");
      await pause(waitSeconds * 1000, undefined, { signal });
    }
  }
}

/** Seconds until the work must end: a tenth of the time, at most a second, is kept for the answer. */
function limit(remainingSeconds: () => number, elapsed: () => number): () => number {
  const atFirst = remainingSeconds();
  if (atFirst === Infinity) return () => outsideSeconds - elapsed();
  const reserve = Math.min(1, atFirst / 10);
  // Asked each time: the limit grows when the request's inputs are read.
  return () => remainingSeconds() - reserve;
}
