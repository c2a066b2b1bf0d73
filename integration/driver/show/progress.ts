import type { ProviderMessage } from "../provider/message.ts";

/**
 * Where a member stands. `applied` is the end of a stateless create whose provider does not tell what it did;
 * `skipped` was not tried, since something it needs failed or the run was interrupted.
 */
export type MemberState =
  | "waiting"
  | "running"
  | "created"
  | "updated"
  | "adopted"
  | "unchanged"
  | "applied"
  | "planned"
  | "deleted"
  | "retained"
  | "skipped"
  | "failed";

export interface MemberProgress {
  readonly name: string;
  readonly state: MemberState;
  /** When it began to run, in milliseconds of performance.now(). */
  readonly startedAt?: number;
  /** How long it ran. */
  readonly seconds?: number;
  /** What it is waiting for, in the provider's words, or why it was skipped. */
  readonly note?: string;
}

/** Shows progress to a person or to a log. */
export interface Display {
  show(member: MemberProgress): void;
  /** Something to be read in passing, such as a provider's log line. */
  line(text: string): void;
  end(): void;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** Where every member stands. */
export class Progress {
  readonly #display: Display;
  readonly #members = new Map<string, MemberProgress>();
  readonly failures: Failure[] = [];

  constructor(display: Display) {
    this.#display = display;
  }

  /** Says that there is such a member; one that is already known stays where it stands. */
  expect(name: string): void {
    if (!this.#members.has(name)) this.#set({ name, state: "waiting" });
  }

  start(name: string): void {
    this.#set({ name, state: "running", startedAt: performance.now() });
  }

  finish(name: string, state: MemberState, note?: string): void {
    const startedAt = this.#members.get(name)?.startedAt;
    const seconds = startedAt === undefined ? undefined : (performance.now() - startedAt) / 1000;
    this.#set({ name, state, ...(seconds !== undefined && { seconds }), ...(note !== undefined && { note }) });
  }

  fail(name: string, message: string): void {
    this.failures.push({ name, message });
    this.finish(name, "failed");
  }

  /** What a member's provider wrote beside its answer. */
  message(name: string, message: ProviderMessage): void {
    const member = this.#members.get(name);
    if (message.kind === "log") this.line(`${name}: ${message.text}`);
    if (message.kind === "waiting" && member?.state === "running")
      this.#set({ ...member, note: `waiting for ${message.for}` });
  }

  line(text: string): void {
    this.#display.line(text);
  }

  /** Where every member stands now, in the order in which they became known. */
  members(): MemberProgress[] {
    return [...this.#members.values()];
  }

  /** Members that were never begun. */
  unfinished(): string[] {
    return this.members()
      .filter(({ state }) => state === "waiting")
      .map(({ name }) => name);
  }

  #set(member: MemberProgress): void {
    this.#members.set(member.name, member);
    this.#display.show(member);
  }
}
