import { styleText } from "node:util";
import type { Display, MemberProgress, MemberState } from "./progress.ts";

/** A stream that may be a terminal, such as process.stderr. */
export interface Screen extends NodeJS.WritableStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** A live table on a terminal, otherwise one plain line per event. */
export async function createDisplay(screen: Screen): Promise<Display> {
  // A terminal without a configured size reports 0 columns, too few for a table.
  const hasRoom = screen.rows !== 0 && screen.columns !== 0;
  return screen.isTTY === true && hasRoom ? liveTable(screen) : plainLines(screen);
}

function plainLines(screen: Screen): Display {
  return {
    show(member) {
      if (member.state === "running" && member.note === undefined) return;
      if (member.state === "waiting" || member.state === "planned") return;
      screen.write(`${member.name}: ${member.state}${inBrackets(member)}${member.note ? `, ${member.note}` : ""}\n`);
    },
    line: (text) => screen.write(`${text}\n`),
    end() {},
  };
}

/** Milliseconds between two frames: fast enough to look alive, slow enough to cost nothing. */
const frameMs = 100;

async function liveTable(screen: Screen): Promise<Display> {
  // Loading it takes as long as starting Node twice, so only a terminal loads it.
  const { createLogUpdate } = await import("log-update");
  const members = new Map<string, MemberProgress>();
  const update = createLogUpdate(screen);
  const draw = () => update(table([...members.values()], screen));
  const timer = setInterval(draw, frameMs);
  timer.unref();
  return {
    show(member) {
      members.set(member.name, member);
    },
    line: (text) => update.persist(text),
    end() {
      clearInterval(timer);
      draw();
      update.done();
    },
  };
}

/**
 * Rows in the order in which members became known. If they do not fit, unfinished members are shown first. Planned
 * members are shown in the plan.
 */
export function table(all: readonly MemberProgress[], screen: Screen): string {
  const { columns = 80, rows = 24 } = screen;
  const members = all.filter(({ state }) => state !== "planned");
  const room = rows - 2;
  const shown = members.length <= room ? members : [...members].sort(byUrgency).slice(0, room - 1);
  const width = Math.min(48, Math.max(6, ...shown.map(({ name }) => name.length)));
  const hidden = members.filter((member) => !shown.includes(member));
  return [
    ...shown.map((member) => row(member, width, columns, (state) => paint(state, screen))),
    ...(hidden.length > 0 ? [`  and ${hidden.length} more: ${countStates(hidden)}`] : []),
  ].join("\n");
}

/** `3 created, 1 failed`, in the order of a member's life. */
export function countStates(members: Iterable<Pick<MemberProgress, "state">>): string {
  const counts = new Map<MemberState, number>();
  for (const { state } of members) counts.set(state, (counts.get(state) ?? 0) + 1);
  return states.flatMap((state) => (counts.has(state) ? [`${counts.get(state)} ${state}`] : [])).join(", ");
}

const states = [
  "created",
  "updated",
  "adopted",
  "applied",
  "planned",
  "deleted",
  "retained",
  "unchanged",
  "running",
  "waiting",
  "skipped",
  "failed",
] as const satisfies readonly MemberState[];

function byUrgency(one: MemberProgress, other: MemberProgress): number {
  return urgency(other.state) - urgency(one.state);
}

function urgency(state: MemberState): number {
  if (state === "failed") return 3;
  if (state === "running") return 2;
  return state === "waiting" ? 1 : 0;
}

function row(
  { name, state, startedAt, seconds, note }: MemberProgress,
  width: number,
  columns: number,
  painted: (state: MemberState) => string,
): string {
  const elapsed = seconds ?? (startedAt === undefined ? undefined : (performance.now() - startedAt) / 1000);
  const time = elapsed === undefined ? "" : `${elapsed.toFixed(seconds === undefined ? 1 : 2)} s`;
  const left = `  ${shorten(name, width).padEnd(width)}  `;
  const right = `  ${time.padStart(8)}${note === undefined ? "" : `  ${note}`}`;
  const space = columns - left.length - state.length - 1;
  return left + painted(state) + shorten(right.padStart(right.length + 9 - state.length), space);
}

/** In colour if the screen supports it and NO_COLOR is not set. */
function paint(state: MemberState, stream: Screen): string {
  return styleText(colours[state] ?? "green", state, { stream });
}

const colours: { readonly [State in MemberState]?: "red" | "cyan" | "dim" } = {
  failed: "red",
  running: "cyan",
  waiting: "dim",
  skipped: "dim",
  unchanged: "dim",
};

function shorten(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

function inBrackets({ seconds }: MemberProgress): string {
  return seconds === undefined ? "" : ` (${seconds.toFixed(2)} s)`;
}
