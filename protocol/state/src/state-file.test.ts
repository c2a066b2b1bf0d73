import { describe, expect, test } from "vitest";
import { emptyState, isStateDocument, resourcesIn } from "./document.ts";
import { formatStateFileEvent, parseStateFile } from "./state-file.ts";

const event = (more: object = {}): string =>
  JSON.stringify({ index: 0, meta: { time: "2026-01-01T00:00:00Z" }, patch: [], ...more });

describe("a state file", () => {
  test("is written as NixOps4 writes it, and read back to the last digit", () => {
    const text = [
      `{
  "index": 0,
  "meta": {
    "time": "2019-03-04T07:40:00Z"
  },
  "patch": [
    {
      "op": "add",
      "value": {
        "_type": "nixopsState",
        "resources": {},
        "deployments": {}
      },
      "path": ""
    }
  ]
}
`,
      `{
  "index": 0,
  "meta": {
    "time": "2019-03-04T07:41:00.123456789Z",
    "event": "create"
  },
  "patch": [
    {
      "op": "add",
      "value": "} \\" { ä \\u2028 \\\\",
      "path": "/resources/a"
    },
    {
      "op": "replace",
      "path": "/resources/a",
      "value": 9223372036854775807
    },
    {
      "op": "replace",
      "path": "/resources/a",
      "value": 1.0
    }
  ]
}
`,
    ].join("");
    const again = parseStateFile(text).map(formatStateFileEvent).join("");
    expect(again.replaceAll("\u2028", String.raw`\u2028`)).toBe(text);
  });

  test.each([
    ["", "it has no event"],
    [event({ index: 1 }), "its first event must have index 0"],
    [`${event()}\n${event().slice(0, -1)}`, "the event that begins at character 61 is not whole"],
    [`${event()}{]}`, "event 1, at character 61, is not an event of a state file: it is not JSON"],
    [event({ meta: {} }), "event 0, at character 0, is not an event of a state file: its `meta` has no `time`"],
    [event({ patch: {} }), "its `patch` is no array"],
    [event({ patch: [{ op: "add" }] }), "operation 1 of the patch has no path"],
    [event({ index: -1 }), "its `index` is no number from 0"],
  ])("is refused with where and why: %j", (text, reason) => {
    expect(() => parseStateFile(text)).toThrow(reason);
  });
});

test("the resources of a document are those of its deployments too", () => {
  const inner = { resources: { web: {} }, deployments: { deep: { resources: { x: {} } } } };
  expect(resourcesIn({ resources: { db: {} }, deployments: { site: inner } })).toEqual([
    "db",
    "site.web",
    "site.deep.x",
  ]);
  expect(resourcesIn(emptyState)).toEqual([]);
  expect(resourcesIn(["resources"])).toEqual([]);
});

test("only what NixOps4 takes for its state is one", () => {
  expect([emptyState, {}, [], null, { _type: "else" }].map((value) => isStateDocument(value))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
