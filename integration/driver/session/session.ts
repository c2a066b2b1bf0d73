import { exitStatus } from "./exit-status.ts";
import { listenForInterruption, type Interruption } from "../interruption.ts";
import { createDisplay, type Screen } from "../show/display.ts";
import { Progress, type Display, type Failure } from "../show/progress.ts";

/** The screen of one run. Each phase has a display of its own, so that a question can stand between two of them. */
export class Session implements Disposable {
  readonly #screen: Screen;
  readonly #interruption: Interruption;
  readonly #startedAt = performance.now();
  readonly #failures: Failure[] = [];
  #display: Display | undefined;

  constructor(screen: Screen) {
    this.#screen = screen;
    const line = (text: string) => (this.#display === undefined ? screen.write(`${text}\n`) : this.#display.line(text));
    this.#interruption = listenForInterruption(
      () =>
        line("Interrupted: running members finish, no other member starts. Press Ctrl-C again to quit immediately."),
      () => {
        this.#display?.end();
        screen.write("Quit immediately: the result of the running members is unknown.\n");
        process.exit(exitStatus.interrupted);
      },
    );
  }

  /** Aborted by Ctrl-C. */
  get stop(): AbortSignal {
    return this.#interruption.signal;
  }

  get hasFailed(): boolean {
    return this.#failures.length > 0;
  }

  async phase<Result>(work: (progress: Progress) => Promise<Result>): Promise<Result> {
    const display = await createDisplay(this.#screen);
    const progress = new Progress(display);
    this.#display = display;
    try {
      return await work(progress);
    } finally {
      display.end();
      this.#display = undefined;
      this.#failures.push(...progress.failures);
    }
  }

  /** Shows the failures of all phases, and ends with the summary. */
  summarize(summary: string): void {
    for (const { name, message } of this.#failures) {
      this.#screen.write(`\nFailed: ${name}\n${message.replaceAll(/^/gm, "  ")}\n`);
    }
    const seconds = ((performance.now() - this.#startedAt) / 1000).toFixed(1);
    this.#screen.write(`${summary || "No member"}, in ${seconds} s\n`);
  }

  [Symbol.dispose](): void {
    this.#interruption[Symbol.dispose]();
  }
}
