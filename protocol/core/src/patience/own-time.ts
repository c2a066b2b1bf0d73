// A subpath of its own, so that no process loads it at its start.
import { monotonicSeconds } from "../report/clock.ts";

const tickSeconds = 0.05;

/** Limits of a piece of work. */
export interface OwnTimeLimits {
  /** Seconds during which this process could run. */
  readonly seconds: number;
  /** Seconds on the clock, in any case. Infinity by default. */
  readonly atMostSeconds?: number;
}

/**
 * A time limit that calls `over` once, unless it is disposed before. Only time counts in which this process could have
 * noticed an answer: if the machine gives it no CPU, the event loop is late, and that is no sign of a silent server. So the
 * time is counted in short ticks, and each stretch in which the process could not run as two ticks at most.
 */
export class OwnTime implements Disposable {
  readonly #started = monotonicSeconds();
  readonly #limits: OwnTimeLimits;
  readonly #over: () => void;
  #timer: NodeJS.Timeout | undefined;
  #last = this.#started;
  #counted = 0;
  #isOver = false;
  #isDisposed = false;

  constructor(limits: OwnTimeLimits, over: () => void) {
    this.#limits = limits;
    this.#over = over;
    this.#wait();
  }

  /** Whether `over` was called. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** The time that counted. */
  get seconds(): number {
    return this.#counted;
  }

  /** The time that did not count, since this process did not get to run. */
  get lostSeconds(): number {
    return this.#last - this.#started - this.#counted;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  /** At least a millisecond, which is the shortest time that a timer waits. */
  #wait(): void {
    const left = Math.min(this.#limits.seconds - this.#counted, tickSeconds);
    this.#timer = setTimeout(() => this.#tick(), Math.ceil(left * 1000));
  }

  #tick(): void {
    const now = monotonicSeconds();
    this.#counted += Math.min(now - this.#last, 2 * tickSeconds);
    this.#last = now;
    const { seconds, atMostSeconds = Infinity } = this.#limits;
    if (this.#counted < seconds && now - this.#started < atMostSeconds) {
      this.#wait();
      return;
    }
    // After the answers that arrived during the late tick: timers run before sockets.
    setImmediate(() => {
      if (this.#isDisposed) return;
      this.#isOver = true;
      this.#over();
    });
  }
}
