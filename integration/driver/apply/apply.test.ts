import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { apply } from "./apply.ts";
import type { JsonObject } from "../json.ts";
import { ProviderProcesses } from "../provider/processes.ts";
import { Progress, type MemberProgress } from "../show/progress.ts";
import { replay, type RecordedMember } from "../recording/recording.ts";
import { emptyState, readEntry } from "../state/document.ts";
import { appendStateEvent, createStateLog, readStateLog } from "../state/log.ts";
import { connected, note, requestsIn, stateFile } from "../testing/recordings.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

// Each test starts several programs, and the machine may be busy.
vi.setConfig({ testTimeout: 30_000 });

async function setUp() {
  const folder = await temporaryFolder();
  const requestLog = join(folder, "requests");
  const stateLog = join(folder, "state.json");
  await writeFile(requestLog, "");
  const kept = (path: string, inputs: JsonObject) => note(path, requestLog, inputs, { state: ["state"] });
  return { requestLog, stateLog, kept, state: stateFile("state", stateLog) };
}

/** Applies members, and returns the result of each and the messages. */
async function applied(...members: RecordedMember[]) {
  const ended: Record<string, string> = {};
  const said: string[] = [];
  const progress = new Progress({
    show: ({ name, state }: MemberProgress) => void (ended[name] = state),
    line: (text) => void said.push(text),
    end() {},
  });
  await using processes = new ProviderProcesses(process.env, (text) => void said.push(text));
  await apply({
    evaluation: replay(connected(...members), {}),
    jobs: 4,
    targets: [],
    processes,
    stop: new AbortController().signal,
    progress,
    verbose: false,
  });
  return { ended, said, failures: progress.failures };
}

test("sends a create for a stateless member on every apply, to a new process", async () => {
  const { requestLog } = await setUp();
  const member = note("a", requestLog, { text: "x" });
  expect((await applied(member)).ended).toEqual({ a: "created" });
  await applied(member);
  const requests = await requestsIn(requestLog);
  const create = { createResourceRequest: { type: "note", inputProperties: { text: "x" }, isStateful: false } };
  expect(requests.map(({ request }) => request)).toEqual([create, undefined, create, undefined]);
  expect(new Set(requests.map(({ pid }) => pid)).size).toBe(2);
});

test("with state, sends a create, no request while the inputs are equal, then an update with the old inputs and outputs", async () => {
  const { requestLog, stateLog, state, kept } = await setUp();
  expect((await applied(state, kept("site.a", { text: "x", list: [1] }))).ended).toEqual({
    state: "created",
    "site.a": "created",
  });
  expect((await applied(state, kept("site.a", { list: [1], text: "x" }))).ended).toEqual({
    state: "unchanged",
    "site.a": "unchanged",
  });
  expect((await applied(state, kept("site.a", { text: "y" }))).ended).toEqual({
    state: "unchanged",
    "site.a": "updated",
  });

  const requests = (await requestsIn(requestLog)).flatMap(({ request }) => request ?? []);
  expect(requests).toEqual([
    { createResourceRequest: { type: "note", inputProperties: { text: "x", list: [1] }, isStateful: true } },
    {
      updateResourceRequest: {
        resource: { type: "note", inputProperties: { text: "x", list: [1] }, outputProperties: { text: "x" } },
        inputProperties: { text: "y" },
      },
    },
  ]);
  const entry = { type: "note", inputs: { text: "y" }, outputs: { text: "y" } };
  expect(readEntry(await readStateLog(stateLog), ["site", "a"])).toEqual(entry);
  const events = (await readFile(stateLog, "utf8")).match(/"event": "\w+"/g);
  expect(events).toEqual(['"event": "create"', '"event": "update"']);
});

test("continues a state log that NixOps4 wrote", async () => {
  const { requestLog, stateLog, state, kept } = await setUp();
  await createStateLog(stateLog);
  const value = { type: "note", input_properties: { text: "x" }, output_properties: { text: "from NixOps4" } };
  await appendStateEvent(stateLog, "create", [{ op: "add", path: "/resources/a", value }]);
  const reader = note("b", requestLog, { text: "@text of a@" });
  expect((await applied(state, kept("a", { text: "x" }), reader)).ended).toMatchObject({
    a: "unchanged",
    b: "created",
  });
  const creates = (await requestsIn(requestLog)).flatMap(({ request }) => request?.["createResourceRequest"] ?? []);
  expect(creates).toMatchObject([{ inputProperties: { text: "from NixOps4" } }]);
});

test("rejects another type under the same path before it sends a request", async () => {
  const { requestLog, state, kept } = await setUp();
  await applied(state, kept("a", { text: "x" }));
  const { failures } = await applied(state, { ...kept("a", { text: "y" }), type: "letter" });
  expect(failures).toMatchObject([
    { name: "a", message: expect.stringContaining("its type is note in the state and letter in the deployment") },
  ]);
  expect(await requestsIn(requestLog)).toHaveLength(2);
});

test("applies the other members after a failure, and shows the provider's own message", async () => {
  const { requestLog, stateLog, state, kept } = await setUp();
  const { ended, failures } = await applied(
    state,
    kept("a", { text: "x", failure: "[note.full] Unable to create note a: no room.\nHint: Make room." }),
    kept("b", { text: "@text of a@" }),
    note("c", requestLog, { text: "y" }),
  );
  expect(ended).toEqual({ state: "created", a: "failed", b: "skipped", c: "created" });
  expect(failures).toEqual([{ name: "a", message: "[note.full] Unable to create note a: no room.\nHint: Make room." }]);
  expect(await readStateLog(stateLog)).toEqual(emptyState);
});

test("does not touch members whose state cannot be opened", async () => {
  const { requestLog, stateLog, state, kept } = await setUp();
  await writeFile(stateLog, "not a state log");
  const { ended, failures } = await applied(state, kept("a", { text: "x" }));
  expect(ended).toEqual({ state: "failed", a: "skipped" });
  expect(failures).toHaveLength(1);
  expect(await readFile(requestLog, "utf8")).toBe("");
});

test("applies a state provider, keeps it open until the end, and sends it one event at a time", async () => {
  const { requestLog, kept } = await setUp();
  const store = note("state", requestLog, { text: "" }, { type: "store" });
  const members = Array.from({ length: 4 }, (_, index) => kept(`m${index}`, { text: `${index}` }));
  const { failures } = await applied(store, ...members);
  expect(failures).toEqual([]);

  const log = await requestsIn(requestLog);
  const reader = log.find(({ request }) => request?.["stateResourceReadRequest"] !== undefined);
  expect(reader?.request).toEqual({
    stateResourceReadRequest: {
      resource: { type: "store", inputProperties: { text: "" }, outputProperties: { text: "" } },
    },
  });
  const ofReader = log.filter(({ pid }) => pid === reader?.pid);
  expect(ofReader.map(({ request, ended }) => Object.keys(request ?? { ended })[0])).toEqual([
    "stateResourceReadRequest",
    ...Array<string>(4).fill("stateResourceEvent"),
    "ended",
  ]);
  expect(ofReader[1]?.request).toMatchObject({
    stateResourceEvent: {
      resource: { type: "store" },
      event: "create",
      nixopsVersion: "0.1.0",
      patch: [{ op: "add" }],
    },
  });
  const lastRequest = log.findLastIndex(({ request }) => request !== undefined);
  expect(log.findIndex(({ pid, ended }) => pid === reader?.pid && ended)).toBeGreaterThan(lastRequest);
});

test("shows no input and no output without --verbose", async () => {
  const { requestLog } = await setUp();
  const { said } = await applied(note("a", requestLog, { text: "private" }));
  expect(said.join("\n")).not.toContain("private");
});
