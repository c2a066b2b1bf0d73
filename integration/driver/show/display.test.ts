import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { countStates, createDisplay, table } from "./display.ts";
import { Progress, type MemberProgress } from "./progress.ts";

async function shown(screen: PassThrough & { isTTY?: boolean }): Promise<string> {
  const display = await createDisplay(screen);
  play(new Progress(display));
  display.end();
  screen.end();
  return text(screen);
}

function terminal(columns: number, rows: number) {
  return Object.assign(new PassThrough(), { isTTY: true, columns, rows });
}

function play(progress: Progress): void {
  for (const name of ["role.app", "db"]) progress.expect(name);
  progress.start("role.app");
  progress.message("role.app", { kind: "waiting", for: "a connection" });
  progress.message("role.app", { kind: "log", text: "slow server" });
  progress.message("role.app", { kind: "outcome", outcome: "created", note: "revoked: 1" });
  progress.finish("role.app", "created");
  progress.finish("db", "skipped", "needs output `name` of role.app");
}

test("without a terminal, writes a line for each event and no control characters", async () => {
  const output = await shown(new PassThrough());
  expect(output.replaceAll(/\d+\.\d\d/g, "0.01").split("\n")).toEqual([
    "role.app: running, waiting for a connection",
    "role.app: slow server",
    "role.app: revoked: 1",
    "role.app: created (0.01 s)",
    "db: skipped, needs output `name` of role.app",
    "",
  ]);
});

test("on a terminal, shows a table with log lines above it", async () => {
  const output = await shown(terminal(80, 24));
  expect(stripVTControlCharacters(output).replaceAll(/\d+\.\d\d/g, "0.01")).toBe(
    [
      "role.app: slow server",
      "role.app: revoked: 1",
      "  role.app  created      0.01 s",
      "  db        skipped              needs output `name` of role.app",
      "",
    ].join("\n"),
  );
});

test("shows unfinished members in a table that does not fit, and counts the rest", () => {
  const members: MemberProgress[] = [
    ...Array.from({ length: 50 }, (_, index) => ({ name: `done${index}`, state: "created" as const, seconds: 1 })),
    { name: "broken", state: "failed", seconds: 1 },
    { name: "busy", state: "running", startedAt: performance.now() },
  ];
  const rows = stripVTControlCharacters(table(members, terminal(40, 6))).split("\n");
  expect(rows[0]).toContain("broken");
  expect(rows[1]).toContain("busy");
  expect(rows.slice(2)).toEqual([expect.stringContaining("done0"), "  and 49 more: 49 created"]);
});

test("writes no row wider than the terminal", () => {
  const wide: MemberProgress = { name: "x".repeat(60), state: "running", startedAt: 0, note: "y".repeat(60) };
  expect(stripVTControlCharacters(table([wide], terminal(70, 24))).length).toBeLessThan(70);
});

test("counts the members of each state", () => {
  expect(countStates([{ state: "failed" }, { state: "created" }, { state: "created" }])).toBe("2 created, 1 failed");
});
