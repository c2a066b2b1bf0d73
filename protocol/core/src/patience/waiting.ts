import { monotonicSeconds } from "../report/clock.ts";
import { writeStderr } from "../report/stderr.ts";

/** What the request in hand is doing at the moment, from the outermost to the innermost step. */
const steps: string[] = [];
let signal = new AbortController().signal;

/** Aborts when the time of the request in hand is over. */
export const currentSignal = (): AbortSignal => signal;

/** What is being waited for, in words; undefined where nothing is. */
export const currentStep = (): string | undefined => steps.at(-1);

/** Begins a request: its steps start anew, and its signal is what everybody sees. */
export function beginRequest(requestSignal: AbortSignal): void {
  steps.length = 0;
  signal = requestSignal;
}

/**
 * Does the work and says on stderr what is being waited for, after 2 s and then every 10 s. `what` completes the
 * sentence "still waiting for ...".
 */
export async function waitFor<T>(what: string, work: () => Promise<T>): Promise<T> {
  const started = monotonicSeconds();
  const seconds = (): number => Math.round(monotonicSeconds() - started);
  steps.push(what);
  let timer = setTimeout(function say() {
    // Only the innermost step speaks: the others wait for it.
    if (steps.at(-1) === what) {
      writeStderr(`still waiting for ${what} (${seconds()} s)`, { waiting: what, seconds: seconds() });
    }
    timer = setTimeout(say, 10_000).unref();
  }, 2000).unref();
  try {
    return await work();
  } finally {
    clearTimeout(timer);
    const index = steps.lastIndexOf(what);
    if (index >= 0) steps.splice(index, 1);
  }
}
