import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { memberKey } from "../evaluation/member.ts";
import type { Json } from "../json.ts";
import { readRecording, replay, type Recording } from "./recording.ts";
import { valueKey } from "./template.ts";
import { deployment, note } from "../testing/recordings.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

const reader = note("b", "LOG", { text: "port PORT of OUTPUT", port: { [valueKey]: "PORT" } });
const recording: Recording = {
  ...deployment(note("a", "LOG", { text: "x" }), reader),
  gaps: {
    OUTPUT: { member: ["a"], output: "text", kind: "text" },
    LOG: { environment: "REQUEST_LOG", kind: "path" },
    PORT: { environment: "PORT", kind: "integer" },
  },
};
const env = { REQUEST_LOG: "/log", PORT: "5432" };
const nothing = new Set<string>();

test("fills gaps with outputs and environment variables, also inside longer texts", async () => {
  const evaluation = replay(recording, env);
  const first = await evaluation.evaluate(new Map(), nothing);
  expect(first.ready.map(({ path, provider }) => [path, provider.args.at(-1)])).toEqual([[["a"], "/log"]]);
  expect(first.blocked).toEqual([{ path: ["b"], kind: "resource" }]);
  expect(await evaluation.explain(["b"], new Map())).toEqual({ kind: "needs", member: ["a"], output: "text" });

  const known = new Map([[memberKey(["a"]), { text: "db" }]]);
  const { ready } = await evaluation.evaluate(known, new Set([memberKey(["a"])]));
  expect(ready.map(({ inputs }) => inputs)).toEqual([{ text: "port 5432 of db", port: 5432 }]);
});

test("fills gaps with integers and other values", async () => {
  const inputs = { version: { [valueKey]: "VERSION" }, text: "v VERSION", password: { [valueKey]: "REF" } };
  const typed: Recording = {
    ...deployment(note("a", "/log", {}), note("b", "/log", inputs)),
    gaps: {
      VERSION: { member: ["a"], output: "version", kind: "integer" },
      REF: { member: ["a"], output: "ref", kind: "value" },
    },
  };
  const ref = { store: { name: "a", version: 3, directory: null } };
  const known = new Map([[memberKey(["a"]), { version: 3, ref }]]);
  const { ready } = await replay(typed, {}).evaluate(known, new Set([memberKey(["a"])]));
  expect(ready.map((request) => request.inputs)).toEqual([{ version: 3, text: "v 3", password: ref }]);

  const wrong = new Map([[memberKey(["a"]), { version: "3", ref: null }]]);
  expect(await replay(typed, {}).explain(["b"], wrong)).toEqual({
    kind: "error",
    text: "the recording expects an integer, but output `version` of a is not an integer.",
  });
});

const outputs = (net: Json) => new Map([[memberKey(["a"]), { net }]]);

test("fills gaps with parts of outputs, and names a part that does not exist", async () => {
  const inputs = { record: "txt TXT", address: "FIRST", all: { [valueKey]: "NET" } };
  const gap = { member: ["a"], output: "net" };
  const parts: Recording = {
    ...deployment(note("a", "/log", {}), note("b", "/log", inputs)),
    gaps: {
      TXT: { ...gap, path: ["txt"], kind: "text" },
      FIRST: { ...gap, path: ["addresses", 0], kind: "text" },
      NET: { ...gap, path: ["addresses"], kind: "value" },
    },
  };
  const evaluation = replay(parts, {});
  const { ready } = await evaluation.evaluate(outputs({ txt: "v", addresses: ["1", "2"] }), new Set(['["a"]']));
  expect(ready.map((request) => request.inputs)).toEqual([{ record: "txt v", address: "1", all: ["1", "2"] }]);

  const reasons: [Json, string][] = [
    [{ txt: "v", addresses: [] }, "the recording needs output `net.addresses[0]` of a, which does not exist."],
    [{ txt: 5, addresses: ["1"] }, "the recording expects text, but output `net.txt` of a is not text."],
    [null, "the recording needs output `net.txt` of a, which does not exist."],
  ];
  for (const [net, text] of reasons)
    expect(await evaluation.explain(["b"], outputs(net))).toEqual({ kind: "error", text });
});

test("blocks the reader of an output that is unexpectedly no text", async () => {
  const known = new Map([[memberKey(["a"]), { text: null }]]);
  const evaluation = replay(recording, env);
  expect((await evaluation.evaluate(known, nothing)).blocked).toHaveLength(1);
  expect(await evaluation.explain(["b"], known)).toMatchObject({
    kind: "error",
    text: expect.stringContaining("not text"),
  });
});

test.each([
  ["is missing", { REQUEST_LOG: "/log" }, "PORT is not set"],
  ["is no integer", { ...env, PORT: "many" }, 'PORT must be an integer, got "many"'],
  ["is no path", { ...env, REQUEST_LOG: "log" }, 'REQUEST_LOG must be an absolute path, got "log"'],
])("rejects a variable that %s", (_, wrong, reason) => {
  expect(() => replay(recording, wrong)).toThrow(reason);
});

test("rejects a file that is no recording, with the reason", async () => {
  const file = join(await temporaryFolder(), "r.json");
  await writeFile(file, JSON.stringify({ ...recording, version: 1 }));
  await expect(readRecording(file)).rejects.toThrow("version");
  await writeFile(file, "{");
  await expect(readRecording(file)).rejects.toThrow("driver.recording.invalid");
});
