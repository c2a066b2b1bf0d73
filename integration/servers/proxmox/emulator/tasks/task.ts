import { setTimeout as sleep } from "node:timers/promises";
import { upidText, type Upid } from "./upid.ts";
import { failure, textOf } from "../refusal.ts";

/** The worker of the task was killed: nothing of it runs any more, so nothing may clean up. */
export class Killed extends Error {
  override readonly name = "Killed";
}

/** What a fault does to a task, at the first pause of its work. */
export interface TaskFault {
  readonly delay: number;
  readonly warning: string | undefined;
  readonly error: string | undefined;
  readonly isKilled: boolean;
}

export type TaskState =
  | { readonly status: "running" }
  | { readonly status: "stopped"; readonly exitstatus: string; readonly endtime: number };

/** A task and its worker. */
export class Task {
  readonly upid: string;
  readonly parts: Upid;
  readonly lines: string[] = [];
  /** Resolves when the task has ended. */
  readonly ended: Promise<void>;
  #state: TaskState = { status: "running" };
  #warnings = 0;
  #signal: "none" | "interrupt" | "kill" = "none";
  readonly #wake = new AbortController();

  #fault: TaskFault | undefined;

  constructor(parts: Upid, work: (task: Task) => Promise<void>, fault: TaskFault) {
    this.parts = parts;
    this.#fault = fault;
    this.upid = upidText(parts);
    this.ended = this.#run(work);
  }

  get state(): TaskState {
    return this.#state;
  }

  log(line: string): void {
    this.lines.push(line);
  }

  /** A warning, which the exit status counts. */
  warn(text: string): void {
    this.#warnings++;
    this.log(`WARN: ${text}`);
  }

  /** `interrupt`: aborted by a user, so that the work throws and cleans up. `kill`: it ends where it is. */
  signal(signal: "interrupt" | "kill"): void {
    this.#signal = signal;
    this.#wake.abort();
  }

  /** Time that the work takes. Throws if the task has been aborted or killed. */
  async pause(milliseconds = 0): Promise<void> {
    await this.#sleep(milliseconds);
    const fault = this.#fault;
    if (fault === undefined) return;
    this.#fault = undefined;
    await this.#sleep(fault.delay);
    if (fault.warning !== undefined) this.warn(fault.warning);
    if (fault.error !== undefined) throw failure(fault.error);
    if (fault.isKilled) throw new Killed();
  }

  async #sleep(milliseconds: number): Promise<void> {
    if (milliseconds > 0 && this.#signal === "none") {
      await sleep(milliseconds, undefined, { signal: this.#wake.signal }).catch(() => undefined);
    }
    if (this.#signal === "kill") throw new Killed();
    if (this.#signal === "interrupt") throw failure("received interrupt");
  }

  async #run(work: (task: Task) => Promise<void>): Promise<void> {
    // The caller gets the id before the work begins.
    await sleep(0);
    const exitstatus = await this.#exitStatus(work);
    this.#state = { status: "stopped", exitstatus, endtime: Math.floor(Date.now() / 1000) };
  }

  async #exitStatus(work: (task: Task) => Promise<void>): Promise<string> {
    try {
      await work(this);
      // A fault hits work without a pause, too.
      await this.pause();
    } catch (error) {
      // Reference: section 4
      if (error instanceof Killed) return "unexpected status";
      const text = textOf(error).replaceAll("\n", " ").trim();
      this.log(`TASK ERROR: ${text}`);
      return text;
    }
    const status = this.#warnings === 0 ? "OK" : `WARNINGS: ${this.#warnings}`;
    this.log(`TASK ${status}`);
    return status;
  }
}
