/** A person's Ctrl-C, or a supervisor's SIGTERM. */
export interface Interruption extends Disposable {
  /** Aborted by the first signal: nothing new is begun from then on. */
  readonly signal: AbortSignal;
}

/**
 * Listens for SIGINT and SIGTERM. The first one lets what runs finish: providers are in the same process group, get the
 * terminal's Ctrl-C as well and finish what they have in hand. The second one calls `leave`.
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
