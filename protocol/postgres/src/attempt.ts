/** Duration of one attempt to log in. A server that needs longer is asked again, until the request's time is over. */
const defaultMs = 10_000;
const tickMs = 250;

/** The time limit of one attempt. */
export interface Attempt extends Disposable {
  /** Whether its time is over. */
  readonly isOver: boolean;
  /** Seconds in which this process did not get to run. */
  readonly lostSeconds: number;
}

/**
 * Starts an attempt. Only time counts in which this process could have noticed an answer: on a machine without free CPU the
 * event loop runs late, and that is no sign of a missing server.
 */
export function startAttempt(expire: () => void, limitMs = defaultMs): Attempt {
  let [counted, lost, isOver] = [0, 0, false];
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    const passed = now - last;
    last = now;
    counted += Math.min(passed, tickMs);
    lost += Math.max(0, passed - tickMs);
    if (counted < limitMs || isOver) return;
    isOver = true;
    expire();
  }, tickMs).unref();
  return {
    get isOver() {
      return isOver;
    },
    get lostSeconds() {
      return lost / 1000;
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
