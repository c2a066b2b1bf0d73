import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { isJsonObject, type JsonObject } from "../json.ts";
import type { Request } from "../provider/answer.ts";
import type { RecordedMember } from "../recording/recording.ts";
import { emptyState } from "../state/document.ts";
import { appendStateEvent, readStateLog } from "../state/log.ts";
import { connected, note, requestsIn, stateFile } from "../testing/recordings.ts";
import { hasSaid, hasStarted, pressCtrlC, runHere, start } from "../testing/runs.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

// Each test starts several programs, and the machine may be busy.
vi.setConfig({ testTimeout: 60_000 });

/** A deployment of notes in a folder, where each note is a file. `site.a` needs `base`; all are applied. */
async function setUp(...members: ((place: Place) => RecordedMember)[]) {
  const folder = await temporaryFolder();
  const requestLog = join(folder, "requests");
  const file = join(folder, "deployment.json");
  const stateLog = join(folder, "state.json");
  await writeFile(requestLog, "");
  const place: Place = { folder, requestLog, stateLog };
  const declare = (...declared: RecordedMember[]) => writeFile(file, JSON.stringify(connected(...declared)));
  const all = members.map((make) => make(place));
  await declare(...all);
  const applied = await runHere(undefined, "apply", "--recording", file);
  expect(applied.stderr).not.toContain("failed");
  return {
    ...place,
    members: all,
    declare,
    exists: (name: string) => existsSync(join(folder, name)),
    destroy: (answer: (() => Promise<string>) | undefined, ...args: string[]) =>
      runHere(answer, "destroy", "--recording", file, ...args),
    start: (...args: string[]) => start("destroy", "--recording", file, ...args),
    /** The objects that the providers were asked to destroy, in this order. */
    destroyed: async () => (await requestsIn(requestLog)).flatMap(({ request }) => objectIn(request)),
  };
}

interface Place {
  readonly folder: string;
  readonly requestLog: string;
  readonly stateLog: string;
}

/** The object of a destroy request. */
function objectIn(request: Request | undefined): unknown[] {
  const resource = request?.["destroyResourceRequest"]?.["resource"];
  const inputs = isJsonObject(resource) ? resource["inputProperties"] : undefined;
  return isJsonObject(inputs) ? [inputs["object"]] : [];
}

const stateless =
  (name: string, text: string, inputs: JsonObject = {}) =>
  (place: Place) =>
    note(name, place.requestLog, { text, object: join(place.folder, name), ...inputs });

const stateful =
  (name: string, text: string, inputs: JsonObject = {}) =>
  (place: Place): RecordedMember => ({
    ...stateless(name, text, inputs)(place),
    state: ["state"],
  });

const state = (place: Place) => stateFile("state", place.stateLog);

const typing = (answer: string) => () => Promise.resolve(answer);

const withoutTimes = (text: string) => text.replaceAll(/\d+\.\d+ s/g, "0.1 s");

test("destroys members before those whose outputs they read", async () => {
  const { destroy, destroyed, folder } = await setUp(
    stateless("base", "1"),
    stateless("site.a", "@text of base@"),
    stateless("site.b", "@text of site.a@"),
  );
  const { stdout, stderr, status } = await destroy(undefined, "base", "site", "--yes");
  expect(stdout).toBe("delete   base\ndelete   site.a\ndelete   site.b\n");
  expect(withoutTimes(stderr)).toBe(
    "site.b: deleted (0.1 s)\nsite.a: deleted (0.1 s)\nbase: deleted (0.1 s)\n3 deleted, in 0.1 s\n",
  );
  expect(status).toBe(0);
  expect(await destroyed()).toEqual(["site.b", "site.a", "base"].map((name) => join(folder, name)));
});

test("shows a preview, and destroys only after the paths were typed", async () => {
  const { destroy, destroyed, exists, folder } = await setUp(
    stateless("a", "1"),
    stateless("b", "1", { retain: true }),
    stateless("c", "1"),
  );
  await rm(join(folder, "c"));
  const declined = await destroy(typing("yes"), "a", "b", "c");
  expect(declined.stdout).toBe(
    "delete   a\nretain   b (its object stays, without a mark; `retain` is true)\ngone     c\n",
  );
  expect(declined.questions).toEqual(["1 to delete, 1 to retain, 1 already gone. Type a b c to destroy: "]);
  expect(declined).toMatchObject({ status: 1, stderr: "Nothing was destroyed.\n" });
  expect(await destroyed()).toEqual([]);

  const agreed = await destroy(typing("a b c"), "a", "b", "c");
  expect(agreed.stderr).toContain("1 deleted, 1 retained, 1 unchanged, in");
  expect(agreed.status).toBe(0);
  expect({ a: exists("a"), b: exists("b") }).toEqual({ a: false, b: true });
});

test("rejects a run without a terminal and without --yes, before it starts a provider", async () => {
  const { destroy, requestLog } = await setUp(stateless("a", "1"));
  const before = await readFile(requestLog, "utf8");
  expect(await destroy(undefined, "a")).toMatchObject({ status: 3, stderr: expect.stringContaining("or add --yes") });
  expect(await readFile(requestLog, "utf8")).toBe(before);
});

test("refuses while a member that would stay reads an output, but not if that member is gone", async () => {
  const { destroy, exists } = await setUp(stateless("role", "1"), stateless("database", "@text of role@"));
  const refused = await destroy(undefined, "role", "--yes");
  expect(refused.stderr).toContain(
    "[driver.destroy.needed] Unable to destroy role: member database, which would stay, reads its outputs.",
  );
  expect(refused.status).toBe(1);
  expect(exists("role")).toBe(true);

  expect(await destroy(undefined, "database", "--yes")).toMatchObject({ status: 0 });
  expect(await destroy(undefined, "role", "--yes")).toMatchObject({ status: 0 });
  expect(exists("role")).toBe(false);
});

test("destroys from the state, with its outputs, and removes the entry", async () => {
  const { destroy, requestLog, stateLog, folder } = await setUp(state, stateful("a", "1"));
  expect(await destroy(undefined, "a", "--yes")).toMatchObject({ status: 0 });
  expect(
    (await requestsIn(requestLog)).findLast(({ request }) => request?.["destroyResourceRequest"])?.request,
  ).toEqual({
    destroyResourceRequest: {
      resource: {
        type: "note",
        inputProperties: { text: "1", object: join(folder, "a") },
        outputProperties: { text: "1" },
      },
    },
  });
  expect(await readStateLog(stateLog)).toEqual(emptyState);
  expect(await readFile(stateLog, "utf8")).toContain('"event": "destroy"');
});

test("succeeds if the object is already gone, such as after a crash before the state's event", async () => {
  const { destroy, stateLog, folder } = await setUp(state, stateful("a", "1"));
  await rm(join(folder, "a"));
  const { stdout, stderr, status } = await destroy(undefined, "a", "--yes");
  expect(stdout).toBe("gone     a (only its entry in the state is removed)\n");
  expect(stderr).toContain("1 unchanged");
  expect(status).toBe(0);
  expect(await readStateLog(stateLog)).toEqual(emptyState);
});

test("destroys members that only the state has, and tries one again after the others if it fails", async () => {
  const { members, declare, destroy, destroyed, stateLog, folder } = await setUp(
    state,
    stateful("site.a", "1"),
    // Like an object that its backend does not delete while another one uses it.
    (place) => stateful("site.b", "1", { user: join(place.folder, "site.c") })(place),
    stateful("site.c", "1"),
    stateless("other", "1"),
  );
  await declare(...members.filter(({ path }) => path[0] !== "site"));
  const { stdout, stderr, status } = await destroy(undefined, "site", "--yes", "--jobs", "1");
  expect(stdout).toMatch(/^delete {3}site\.a \(known only from its state\)\n/);
  expect(stderr).toContain("3 deleted");
  expect(status).toBe(0);
  const names = ["site.a", "site.b", "site.c", "site.b"];
  expect(await destroyed()).toEqual(names.map((name) => join(folder, name)));
  expect(await readStateLog(stateLog)).toMatchObject({ deployments: { site: { resources: {} } } });
});

test("keeps declared members while one that only the state has is left, since it may need them", async () => {
  const { members, declare, destroy, exists } = await setUp(
    state,
    (place) => stateful("a", "1", { user: place.requestLog })(place),
    stateless("b", "1"),
  );
  await declare(...members.filter(({ path }) => path[0] !== "a"));
  const { stderr, status } = await destroy(undefined, "a", "b", "--yes");
  expect(stderr).toContain("b: skipped, perhaps needed by a, not destroyed");
  expect(status).toBe(1);
  expect(exists("b")).toBe(true);
});

test.each([
  ["several providers have", [stateless("b", "1"), (place: Place) => note("c", "/dev/null", { text: place.folder })]],
  ["no member of the deployment has a provider with", []],
])("does not guess the provider of an undeclared member if %s its type", async (reason, others) => {
  const { members, declare, destroy, exists } = await setUp(state, stateful("a", "1"), ...others);
  await declare(...members.filter(({ path }) => path[0] !== "a"));
  const { stdout, stderr, status } = await destroy(undefined, "a", "--yes");
  expect(stdout).toContain(`fail     a ([driver.destroy.provider] Unable to destroy member a: ${reason} its type note`);
  expect(stderr).toContain("Hint: Declare the member again as it was, then destroy it.");
  expect(status).toBe(1);
  expect(exists("a")).toBe(true);
});

test("names `list` for a path that neither the deployment nor a state has", async () => {
  const { destroy } = await setUp(stateless("a", "1"));
  const { stderr, status } = await destroy(undefined, "b", "--yes");
  expect(stderr).toContain(
    "[driver.destroy.unknown] Unable to find member b: neither the deployment nor a state has it.",
  );
  expect(stderr).toContain("run its provider's `list`");
  expect(status).toBe(1);
});

test("destroys a state after its last entry, and refuses while members that would stay have entries", async () => {
  const { destroy, exists, stateLog } = await setUp(state, stateful("a", "1"), stateful("b", "1"));
  const refused = await destroy(undefined, "state", "a", "--yes");
  expect(refused.stderr).toContain("[driver.destroy.state] Unable to destroy the state state: it has entries of b.");
  expect(refused.status).toBe(1);
  expect(exists("a")).toBe(true);

  const { stderr, status } = await destroy(undefined, "state", "a", "b", "--yes");
  expect(stderr).toMatch(/state: deleted .*\n3 deleted/);
  expect(status).toBe(0);
  expect(existsSync(stateLog)).toBe(false);
  expect(await destroy(undefined, "state", "--yes")).toMatchObject({ status: 0, stdout: "gone     state\n" });
});

test("keeps what a failed member needs, and destroys the others", async () => {
  const { destroy, exists, folder } = await setUp(
    state,
    stateful("base", "1"),
    (place) => stateful("user", "@text of base@", { user: place.requestLog })(place),
    stateful("other", "1"),
  );
  const { stderr, status } = await destroy(undefined, "base", "user", "other", "state", "--yes");
  expect(stderr).toContain("base: skipped, needed by user, not destroyed");
  expect(stderr).toContain(
    `\nFailed: user\n  ${join(folder, "requests")} still uses it\n1 deleted, 2 skipped, 1 failed`,
  );
  expect(status).toBe(1);
  expect(["base", "user", "other", "state.json"].map(exists)).toEqual([true, true, false, true]);
});

test("fails members that cannot be evaluated, and destroys the others", async () => {
  const { members, declare, destroy, exists } = await setUp(stateless("a", "1"), stateless("b", "1"));
  const circle = [note("c", "/dev/null", { text: "@text of d@" }), note("d", "/dev/null", { text: "@text of c@" })];
  await declare(...members, ...circle);
  const { stdout, stderr, status } = await destroy(undefined, "a", "c", "d", "--yes");
  expect(stdout).toContain(
    "fail     c ([driver.member.cycle] Unable to evaluate member c: it depends on itself: c -> d -> c.)",
  );
  expect(stderr).toContain("1 deleted, 2 failed");
  expect(status).toBe(1);
  expect([exists("a"), exists("b")]).toEqual([false, true]);
});

test("continues after a kill in the middle", async () => {
  const {
    start: startDestroy,
    destroy,
    requestLog,
    stateLog,
    folder,
    exists,
  } = await setUp(
    state,
    (place) => stateful("a", "1", { gate: join(place.folder, "gate") })(place),
    stateful("b", "@text of a@"),
  );
  const { child } = startDestroy("a", "b", "--yes");
  await hasStarted(requestLog, 2, "destroyResourceRequest");
  child.kill("SIGKILL");
  await once(child, "exit");
  expect([exists("a"), exists("b")]).toEqual([true, false]);
  await writeFile(join(folder, "gate"), "");
  expect(await destroy(undefined, "a", "b", "--yes")).toMatchObject({ status: 0 });
  expect(exists("a")).toBe(false);
  expect(await readStateLog(stateLog)).toEqual(emptyState);
});

test("after a complete destroy, a repeated one says that the readers of a gone member are unknown", async () => {
  const { destroy } = await setUp(stateless("a", "1"), stateless("b", "@text of a@"));
  await destroy(undefined, "a", "b", "--yes");
  const { stdout, stderr, status } = await destroy(undefined, "a", "b", "--yes");
  expect(stdout).toBe("gone     a\nunknown  b (needs output `text` of a, which is gone)\n");
  expect(stderr).toContain("1 unchanged, 1 skipped");
  expect(status).toBe(0);
});

test("does not destroy a member whose entry another run changed after the preview", async () => {
  const { destroy, exists, stateLog } = await setUp(state, stateful("a", "1"));
  const { stderr, status } = await destroy(async () => {
    const outputs = { op: "add", path: "/resources/a/output_properties", value: { text: "2" } } as const;
    await appendStateEvent(stateLog, "update", [outputs]);
    return "a";
  }, "a");
  expect(stderr).toContain("[driver.state.changed] Unable to destroy member a: another run changed its entry");
  expect(status).toBe(1);
  expect(exists("a")).toBe(true);
});

test("on Ctrl-C finishes running members, starts no other, and exits with 130", async () => {
  const {
    start: startDestroy,
    requestLog,
    folder,
    exists,
  } = await setUp(stateless("a", "1"), (place) =>
    stateless("b", "@text of a@", { gate: join(place.folder, "gate") })(place),
  );
  const { child, ended } = startDestroy("a", "b", "--yes");
  await hasStarted(requestLog, 1, "destroyResourceRequest");
  pressCtrlC(child);
  await hasSaid(child, "Interrupted");
  await writeFile(join(folder, "gate"), "");
  const { stderr, status } = await ended;
  expect(stderr).toMatch(/b: deleted .*\na: skipped, the run was interrupted/);
  expect(status).toBe(130);
  expect([exists("a"), exists("b")]).toEqual([true, false]);
});

test("names a member outside the paths that may need a destroyed one, if it cannot be evaluated", async () => {
  const { destroy, folder } = await setUp(stateless("a", "1"), stateless("b", "1"), stateless("c", "@text of b@"));
  await rm(join(folder, "b"));
  const { stderr, status } = await destroy(undefined, "a", "--yes");
  expect(stderr).toContain(
    "Warning: It is unknown whether c needs a destroyed member: needs output `text` of b, which is gone\n",
  );
  expect(status).toBe(0);
});

test("--verbose shows the inputs, and the outputs in the state", async () => {
  const { destroy, folder } = await setUp(state, stateful("a", "1"));
  const { stderr } = await destroy(undefined, "a", "--yes", "--verbose");
  const inputs = JSON.stringify({ text: "1", object: join(folder, "a") });
  expect(stderr).toContain(`a: inputs ${inputs}\na: outputs {"text":"1"}\n`);
});

test("retains an adopted object of a real provider, and says so before", async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "motd"), "hello\n");
  const main = fileURLToPath(new URL("../../../providers/example/src/main.ts", import.meta.url));
  const { destroy } = await setUp(() => ({
    ...note("motd", "", { name: "motd", content: "hello\n", managedBy: "tests", adopt: true, connection: { folder } }),
    type: "file",
    provider: { executable: process.execPath, args: [main] },
  }));
  expect(await readFile(join(folder, "motd"), "utf8")).toContain("nixops4:");
  const { stdout, stderr, status } = await destroy(undefined, "motd", "--yes");
  expect(stdout).toBe("retain   motd (its object stays, without a mark; it was adopted)\n");
  expect(stderr).toContain("motd: retained");
  expect(status).toBe(0);
  expect(await readFile(join(folder, "motd"), "utf8")).toBe("hello\n");
});
