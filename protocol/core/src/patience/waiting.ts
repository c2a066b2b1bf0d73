import { monotonicSeconds } from "../report/clock.ts";
import { currentContext } from "../request/context.ts";

/** Aborts when the current request ends early: its time limit expired, or it failed. */
export const currentSignal = (): AbortSignal => currentContext().signal;

/** Runs work that may take long, and reports that on stderr. */
export type Waiting = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Runs `work`. If this takes longer than 2 s, reports the wait on stderr, and again every 10 s. `what` completes the
 * sentence "still waiting for ..."; a function says how far the work is at the moment of the report. If many requests
 * wait for the same thing, `isReportDue` says whether this one reports it again.
 */
export async function waitFor<T>(
  what: string | (() => string),
  work: () => Promise<T>,
  isReportDue?: () => boolean,
): Promise<T> {
  const { progress } = currentContext();
  const started = monotonicSeconds();
  const seconds = (): number => Math.round(monotonicSeconds() - started);
  const wait = progress.begin(what);
  let timer = setTimeout(function report() {
    // Only the innermost wait reports, since the others depend on it. The code is loaded when a wait is long.
    if (progress.current === wait)
      void import("./report-wait.ts").then(({ reportWait }) => reportWait(progress, wait, seconds(), isReportDue));
    timer = setTimeout(report, 10_000).unref();
  }, 2000).unref();
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    progress.end(wait);
  }
}
