import { describe, expect, test } from "vitest";
import { emptyState, isStateDocument, resourcesIn } from "./document.ts";
import { formatStateFileEvent, parseStateFile } from "./state-file.ts";

const event = (more: object = {}): string =>
  JSON.stringify({ index: 0, meta: { time: "2026-01-01T00:00:00Z" }, patch: [], ...more });

describe("a state file", () => {
  test("is written in NixOps4's format, and read back exactly", () => {
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
    ["", "it has no events"],
    [event({ index: 1 }), "its first event must have index 0"],
    [`${event()}\n${event().slice(0, -1)}`, "the event at character 61 is incomplete"],
    [`${event()}{]}`, "event 1, at character 61, is invalid: it is not JSON"],
    [event({ meta: {} }), "event 0, at character 0, is invalid: its `meta` has no `time`"],
    [event({ patch: {} }), "its `patch` is not an array"],
    [event({ patch: [{ op: "add" }] }), "operation 1 of the patch has no valid `path`"],
    [event({ index: -1 }), "its `index` is not a whole number >= 0"],
  ])("is rejected with position and reason: %j", (text, reason) => {
    expect(() => parseStateFile(text)).toThrow(reason);
  });
});

test("lists resources of nested deployments too", () => {
  const inner = { resources: { web: {} }, deployments: { deep: { resources: { x: {} } } } };
  expect(resourcesIn({ resources: { db: {} }, deployments: { site: inner } })).toEqual([
    "db",
    "site.web",
    "site.deep.x",
  ]);
  expect(resourcesIn(emptyState)).toEqual([]);
  expect(resourcesIn(["resources"])).toEqual([]);
});

test("accepts only documents that NixOps4 accepts as a state", () => {
  expect([emptyState, {}, [], null, { _type: "else" }].map((value) => isStateDocument(value))).toEqual([
    true,
    false,
    false,
    false,
    false,
  ]);
});
