import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import type { RecordedMember } from "./recording/recording.ts";
import { note, stateFile } from "./testing/recordings.ts";
import { endGroup, hasSaid, hasStarted, pressCtrlC, recorded, run, start } from "./testing/runs.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

// Each test starts several programs, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

test("a successful apply prints a line per member and a count to stderr, and exits with 0", async () => {
  const { file } = await recorded((log) => [note("a", log, { text: "x" }), note("b", log, { text: "@text of a@" })]);
  const { stdout, stderr, status } = await run("apply", "--recording", file);
  expect(stderr.replaceAll(/\d+\.\d+/g, "0.1")).toBe("a: created (0.1 s)\nb: created (0.1 s)\n2 created, in 0.1 s\n");
  expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
});

test("shows a whole failure at the end, and exits with 1", async () => {
  const { file } = await recorded((log) => [note("a", log, { failure: "[x.y] Unable to do it.\nHint: Try." })]);
  const { stderr, status } = await run("apply", "--recording", file);
  expect(stderr).toContain("\nFailed: a\n  [x.y] Unable to do it.\n  Hint: Try.\n1 failed, in ");
  expect(status).toBe(1);
});

test("shows inputs and outputs with --verbose", async () => {
  const { file } = await recorded((log) => [note("a", log, { text: "x" })]);
  expect((await run("apply", "--recording", file, "--verbose")).stderr).toMatch(
    /^a: inputs \{"text":"x"\}\na: outputs \{"text":"x"\}\n/,
  );
});

test("rejects a second apply of the same deployment while the first one runs, unless --no-lock is given", async () => {
  const { file, requestLog, openGate } = await recorded((log, folder) => [
    note("a", log, { until: join(folder, "gate") }),
  ]);
  const first = start("apply", "--recording", file);
  await hasStarted(requestLog, 1);
  const second = await run("apply", "--recording", file);
  expect(second.stderr).toContain(`[driver.locked] Unable to lock ${file}: process ${first.child.pid} of user`);
  expect(second.status).toBe(1);
  const third = start("apply", "--recording", file, "--no-lock");
  await hasStarted(requestLog, 2);
  await openGate();
  expect((await third.ended).status).toBe(0);
  expect((await first.ended).status).toBe(0);
});

test("rejects another deployment with the same state log", async () => {
  const folder = await temporaryFolder();
  const stateLog = join(folder, "state.json");
  const members = (log: string, own: string) => [
    stateFile("state", stateLog),
    note("a", log, { until: join(own, "gate") }, { state: ["state"] }),
  ];
  const { file, requestLog, openGate } = await recorded(members);
  const other = await recorded(members);
  const first = start("apply", "--recording", file);
  await hasStarted(requestLog, 1);
  expect((await run("apply", "--recording", other.file)).stderr).toContain(`Unable to lock ${stateLog}`);
  await openGate();
  expect((await first.ended).status).toBe(0);
});

test("on Ctrl-C finishes and records running members, starts no other, and exits with 130", async () => {
  const { file, requestLog, openGate } = await recorded((log, folder) => [
    stateFile("state", join(folder, "state.json")),
    note("a", log, { text: "x", until: join(folder, "gate") }, { state: ["state"] }),
    note("b", log, { text: "@text of a@" }, { state: ["state"] }),
  ]);
  const { child, ended } = start("apply", "--recording", file);
  await hasStarted(requestLog, 1);
  pressCtrlC(child);
  await hasSaid(child, "Interrupted");
  await openGate();
  const { stderr, status } = await ended;
  expect(stderr).toContain("Interrupted: running members finish, no other member starts.");
  expect(stderr).toMatch(/a: created \(.*\nb: skipped, the run was interrupted\n2 created, 1 skipped/);
  expect(status).toBe(130);
  // The state contains the entry, so the next run continues from there.
  const next = await run("apply", "--recording", file);
  expect(next.stderr).toMatch(/a: unchanged .*\nb: created/);
});

test("quits immediately on a second Ctrl-C", async () => {
  const { file, requestLog } = await recorded((log) => [note("a", log, { until: "/never" })]);
  const { child, ended } = start("apply", "--recording", file);
  await hasStarted(requestLog, 1);
  pressCtrlC(child);
  await hasSaid(child, "Interrupted");
  pressCtrlC(child);
  // The provider keeps stderr open, so this waits for the driver's exit only.
  await once(child, "exit");
  expect(child.exitCode).toBe(130);
  endGroup(child);
  expect((await ended).stderr).toContain("Quit immediately");
});

test("exits with 3 for an invalid command line", async () => {
  expect(await run("aply")).toMatchObject({ status: 3, stderr: expect.stringContaining("Unknown command aply") });
  expect(await run("apply", "--file", "/nowhere.nix")).toMatchObject({ status: 3 });
  expect(await run("--help")).toMatchObject({ status: 0, stdout: expect.stringContaining("Usage:") });
});

test("a plan asks the providers, shows differences, and exits with 2, or with 0 if nothing differs", async () => {
  const folder = await temporaryFolder();
  const provider = {
    executable: process.execPath,
    args: [fileURLToPath(new URL("../../providers/example/src/main.ts", import.meta.url))],
  };
  const example = (content: string, mode = "0644"): RecordedMember => ({
    ...note("motd", "", { name: "motd", content, mode, managedBy: "tests", connection: { folder } }),
    type: "file",
    provider,
  });
  const before = await recorded((log) => [example("hello\n"), note("reader", log, { text: "@text of motd@" })]);
  const create = await run("plan", "--recording", before.file);
  expect(create.stdout).toMatch(/^create {5}motd\n(.*\n)*unknown {4}reader \(needs output `text` of motd\)\n$/);
  expect(create.status).toBe(2);

  const alone = await recorded(() => [example("hello\n")]);
  await run("apply", "--recording", alone.file);
  expect(await run("plan", "--recording", alone.file)).toMatchObject({ stdout: "no change  motd\n", status: 0 });

  const after = await recorded(() => [example("bye\n", "0600")]);
  const update = await run("plan", "--recording", after.file);
  expect(update.stdout).toBe(
    ["update     motd", '             content: "hello\\n" -> "bye\\n"', '             mode: "0644" -> "0600"', ""].join(
      "\n",
    ),
  );
  expect(update.status).toBe(2);
  const json = await run("plan", "--json", "--recording", after.file);
  const differences = [
    { field: "content", current: "hello\n", wanted: "bye\n" },
    { field: "mode", current: "0644", wanted: "0600" },
  ];
  expect(JSON.parse(json.stdout)).toEqual([{ name: "motd", action: "update", reason: null, differences }]);
  expect(json.status).toBe(2);
});

test("finds with `plan --look` what NixOps4 skips, and forgets it with `refresh`, so that an apply repairs it", async () => {
  const folder = await temporaryFolder();
  const objectOf = (name: string) => join(folder, name);
  const { file } = await recorded((log) => [
    stateFile("state", join(folder, "state.json")),
    ...["a", "site.b", "c"].map((name) =>
      note(name, log, { text: name, object: objectOf(name) }, { state: ["state"] }),
    ),
  ]);
  await run("apply", "--recording", file);
  expect(await run("plan", "--look", "--recording", file)).toMatchObject({ status: 0 });
  await rm(objectOf("a"));
  await writeFile(objectOf("site.b"), "by hand");

  const blind = await run("plan", "--recording", file);
  expect(blind).toMatchObject({ status: 0, stdout: expect.stringMatching(/^no change {2}a /) });
  const skipped = "(NixOps4 skips it; `refresh` forgets it, then an apply creates or repairs it)";
  const found = [
    `gone       a ${skipped}`,
    `differs    site.b ${skipped}`,
    '             text: "by hand" -> "site.b"',
    '             outputs.text: "by hand" -> "site.b"',
    "",
  ];
  const look = await run("plan", "--look", "--recording", file);
  expect(look.status).toBe(2);
  expect(look.stdout.replaceAll(/^no change .*\n/gm, "")).toBe(found.join("\n"));

  // Nobody can answer the question.
  const asked = await run("refresh", "--recording", file);
  expect(asked).toMatchObject({ status: 2, stdout: found.join("\n") });
  expect(asked.stderr).toContain("Nothing was forgotten: run with --yes");
  expect((await run("apply", "--recording", file)).stderr).toContain("4 unchanged");

  const refreshed = await run("refresh", "--yes", "--recording", file);
  expect(refreshed).toMatchObject({ status: 0, stdout: found.join("\n") });
  expect(refreshed.stderr).toContain("2 forgotten: run apply to create or repair them");
  expect(await readFile(objectOf("site.b"), "utf8")).toBe("by hand");
  expect((await run("apply", "--recording", file)).stderr).toMatch(/2 created, 2 unchanged/);
  expect(await run("refresh", "--yes", "--recording", file)).toMatchObject({ status: 0, stdout: "" });
  expect(await readFile(objectOf("a"), "utf8")).toBe("a");
  expect(await readFile(objectOf("site.b"), "utf8")).toBe("site.b");
}, 120_000);
