import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { emptyState } from "./document.ts";
import { appendStateEvent, createStateLog, readStateLog } from "./log.ts";
import { temporaryFolder } from "../testing/temporary-folder.ts";

async function logWith(text: string): Promise<string> {
  const file = join(await temporaryFolder(), "state.json");
  await writeFile(file, text);
  return file;
}

/** BASIC_EXAMPLE of rust/nixops4-resources-local/src/state.rs at 53d8554. */
const upstreamExample = `
    {
        "index": 0,
        "meta": {"time":"2019-03-04T07:40:00Z"},
        "patch": [
            {
                "op": "add",
                "value": { "_type": "nixopsState", "resources": {}, "deployments": {} },
                "path": ""
            }
        ]
    }
    {
        "index": 1,
        "meta": {"time":"2019-03-04T07:41:00Z"},
        "patch": [
            {
                "op": "add",
                "value": {
                    "type": "file",
                    "inputProperties": {
                        "contents": "Hi there"
                    },
                    "outputProperties": { }
                },
                "path": "/resources/a"
            }
        ]
    }
`;

test("reads upstream's example", async () => {
  expect(await readStateLog(await logWith(upstreamExample))).toEqual({
    _type: "nixopsState",
    resources: { a: { type: "file", inputProperties: { contents: "Hi there" }, outputProperties: {} } },
    deployments: {},
  });
});

test("writes like NixOps4's state_file: indented objects in sequence, index 0, the event in meta", async () => {
  const file = join(await temporaryFolder(), "state.json");
  expect(await createStateLog(file)).toBe(true);
  await appendStateEvent(file, "create", [{ op: "add", path: "/resources/a", value: { type: "x" } }]);
  const time = "2026-01-01T00:00:00.000Z";
  expect((await readFile(file, "utf8")).replaceAll(/"time": ".*?"/g, `"time": "${time}"`)).toBe(`{
  "index": 0,
  "meta": {
    "time": "${time}"
  },
  "patch": [
    {
      "op": "add",
      "path": "",
      "value": {
        "_type": "nixopsState",
        "resources": {},
        "deployments": {}
      }
    }
  ]
}
{
  "index": 0,
  "meta": {
    "time": "${time}",
    "event": "create"
  },
  "patch": [
    {
      "op": "add",
      "path": "/resources/a",
      "value": {
        "type": "x"
      }
    }
  ]
}
`);
  expect(await readStateLog(file)).toEqual({ ...emptyState, resources: { a: { type: "x" } } });
});

test("keeps an existing log, and creates a new one that only its owner can read", async () => {
  const file = await logWith(upstreamExample);
  expect(await createStateLog(file)).toBe(false);
  expect(await readFile(file, "utf8")).toBe(upstreamExample);
  const fresh = join(await temporaryFolder(), "state.json");
  await createStateLog(fresh);
  expect((await stat(fresh)).mode & 0o777).toBe(0o600);
});

test("does not end an event at braces and quotes inside texts", async () => {
  const file = join(await temporaryFolder(), "state.json");
  await createStateLog(file);
  const value = '}{ "\\" }\n{';
  await appendStateEvent(file, "create", [{ op: "add", path: "/resources/a", value }]);
  expect(await readStateLog(file)).toMatchObject({ resources: { a: value } });
});

test.each([
  ["is empty", "", "it has no event"],
  ["begins with another index", '{"index":1,"meta":{"time":"t"},"patch":[]}', "its first event must have index 0"],
  [
    "has an event without meta",
    '{"index":0,"patch":[]}',
    "event 0, at character 0, is invalid: its `meta` has no `time`",
  ],
  ["ends inside an event", upstreamExample.trimEnd().slice(0, -2), "is incomplete"],
  ["continues with something else", `${upstreamExample}garbage`, "is incomplete"],
  ["is an array", "[]", "is incomplete"],
  [
    "has a patch that does not apply",
    upstreamExample.replace("/resources/a", "/nowhere/a/b"),
    "event 1 cannot be applied",
  ],
  ["makes another kind of state", upstreamExample.replace("nixopsState", "other"), 'must be "nixopsState"'],
])("rejects a log that %s, and does not change it", async (_, text, reason) => {
  const file = await logWith(text);
  await expect(readStateLog(file)).rejects.toThrow(reason);
  expect(await readFile(file, "utf8")).toBe(text);
});

test("does not create a deleted log when an event is appended", async () => {
  const file = join(await temporaryFolder(), "state.json");
  await expect(appendStateEvent(file, "create", [])).rejects.toThrow("Unable to write the state log");
  await expect(readStateLog(file)).rejects.toThrow("ENOENT");
});
