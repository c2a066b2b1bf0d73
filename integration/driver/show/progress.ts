import type { ProviderMessage } from "../provider/message.ts";

/**
 * Progress of a member. `applied` is the end of a stateless create whose provider reports no outcome. `skipped` was not
 * tried, since a dependency failed or the run was interrupted.
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
  /** Time when it started, in milliseconds of performance.now(). */
  readonly startedAt?: number;
  /** Duration of its run. */
  readonly seconds?: number;
  /** The reason why it waits, as the provider reports it, or why it was skipped. */
  readonly note?: string;
}

/** Shows progress to a person or to a log. */
export interface Display {
  show(member: MemberProgress): void;
  /** A line to show once, such as a provider's log line. */
  line(text: string): void;
  end(): void;
}

export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** Progress of every member. */
export class Progress {
  readonly #display: Display;
  readonly #members = new Map<string, MemberProgress>();
  readonly failures: Failure[] = [];

  constructor(display: Display) {
    this.#display = display;
  }

  /** Adds a member; a known member keeps its progress. */
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

  /** Handles a line that a member's provider wrote to stderr. */
  message(name: string, message: ProviderMessage): void {
    const member = this.#members.get(name);
    if (message.kind === "log") this.line(`${name}: ${message.text}`);
    if (message.kind === "outcome" && message.note !== undefined) this.line(`${name}: ${message.note}`);
    if (message.kind === "waiting" && member?.state === "running")
      this.#set({ ...member, note: `waiting for ${message.for}` });
  }

  line(text: string): void {
    this.#display.line(text);
  }

  /** The members in the order in which they became known. */
  members(): MemberProgress[] {
    return [...this.#members.values()];
  }

  /** Members that never started. */
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
