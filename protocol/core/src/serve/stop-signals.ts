const exitStatuses = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitStatuses;

/**
 * NixOps4 and the provider are in one process group, so both receive SIGINT when the user presses Ctrl-C. While requests
 * are in progress, SIGINT and SIGTERM only take effect after all of them are answered. Otherwise the signals have their
 * default effect.
 */
export class StopSignals {
  #inHand = 0;
  #received: StopSignal | undefined;

  /** Runs the work of a request. A signal that arrives meanwhile is only recorded. */
  async deferDuring<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inHand++ === 0) this.#defer();
    try {
      return await work();
    } finally {
      if (--this.#inHand === 0) this.#release();
    }
  }

  /** The recorded signal; undefined while a request is in progress. */
  get received(): StopSignal | undefined {
    return this.#inHand === 0 ? this.#received : undefined;
  }

  #defer(): void {
    this.#received = undefined;
    process.on("SIGINT", this.#record);
    process.on("SIGTERM", this.#record);
  }

  #release(): void {
    process.off("SIGINT", this.#record);
    process.off("SIGTERM", this.#record);
  }

  readonly #record = (signal: NodeJS.Signals): void => {
    if (signal === "SIGINT" || signal === "SIGTERM") this.#received = signal;
  };
}

/** The exit status that a shell reports for a process that the signal ended. */
export const exitStatusOf = (signal: StopSignal): number => exitStatuses[signal];

/**
 * Makes the process ignore SIGINT. While a state is open, only the end of stdin ends the process: after Ctrl-C, NixOps4
 * still finishes the running requests and records them in the state.
 */
export function ignoreInterrupts(): void {
  if (!process.listeners("SIGINT").includes(ignore)) process.on("SIGINT", ignore);
}

function ignore(): void {}
