/** A person's Ctrl-C, or a supervisor's SIGTERM. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal: no other member starts. */
  readonly signal: AbortSignal;
}

/**
 * Listens for SIGINT and SIGTERM. After the first one, running members finish: providers are in the same process group,
 * receive the terminal's Ctrl-C too, and finish their current request. The second one calls `leave`.
 */
export function listenForInterruption(onFirst: () => void, leave: () => void): Interruption {
  const controller = new AbortController();
  const listener = () => {
    if (controller.signal.aborted) return leave();
    controller.abort();
    onFirst();
  };
  process.on("SIGINT", listener);
  process.on("SIGTERM", listener);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      process.off("SIGINT", listener);
      process.off("SIGTERM", listener);
    },
  };
}
