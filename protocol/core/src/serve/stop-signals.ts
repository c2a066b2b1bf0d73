const exitStatuses = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = keyof typeof exitStatuses;

/**
 * NixOps4 shares its process group with us, so a person's Ctrl-C arrives here too. While any request is in hand, SIGINT and
 * SIGTERM wait: all requests in hand are finished and answered first. Otherwise the signals have their default effect.
 */
export class StopSignals {
  #inHand = 0;
  #received: StopSignal | undefined;

  /** Does the work of a request. A signal that arrives meanwhile is only recorded. */
  async deferDuring<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inHand++ === 0) this.#defer();
    try {
      return await work();
    } finally {
      if (--this.#inHand === 0) this.#release();
    }
  }

  /** The recorded signal, once no request is in hand. */
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

/** What a shell reports for a process that the signal ended. */
export const exitStatusOf = (signal: StopSignal): number => exitStatuses[signal];

/**
 * While a state is open, the process ends with its input only: after a Ctrl-C, NixOps4 still finishes what is running and
 * reports it to the state.
 */
export function ignoreInterrupts(): void {
  if (!process.listeners("SIGINT").includes(ignore)) process.on("SIGINT", ignore);
}

function ignore(): void {}
