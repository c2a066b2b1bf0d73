import { describe, expect, test } from "vitest";
import type { ExactJson } from "@nixops4-resources/protocol-core";
import { emptyState, flawOfState, isStateDocument, resourcesIn } from "./document.ts";
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

const resource = { type: "file", input_properties: { name: "a" }, output_properties: {} };
const nested = { resources: { web: resource }, deployments: {} };

test.each<[string, ExactJson]>([
  ["an empty state", emptyState],
  ["resources and nested deployments", { ...emptyState, resources: { a: resource }, deployments: { site: nested } }],
  [
    "the manual's spelling",
    { ...emptyState, resources: { a: { type: "file", inputProperties: {}, outputProperties: {} } } },
  ],
  ["unknown members", { ...emptyState, note: 1 }],
])("accepts %s as a state", (_name, document) => {
  expect(flawOfState(document)).toBeUndefined();
  expect(isStateDocument(document)).toBe(true);
});

test.each<[string, ExactJson, string]>([
  ["a list", [], "is not an object"],
  ["nothing", null, "is not an object"],
  ["another type", { ...emptyState, _type: "else" }, "`_type` other than"],
  ["no resources", { _type: "nixopsState", deployments: {} }, "has no object at /resources"],
  ["no deployments", { _type: "nixopsState", resources: {} }, "has no object at /deployments"],
  ["a number for a resource", { ...emptyState, resources: { db: 5 } }, "outputs at /resources/db"],
  ["a resource without outputs", { ...emptyState, resources: { "a/b": { type: "x", input_properties: {} } } }, "a~1b"],
  [
    "a broken nested deployment",
    { ...emptyState, deployments: { s: { resources: {} } } },
    "/deployments/s/deployments",
  ],
  [
    "a broken nested resource",
    { ...emptyState, deployments: { s: { resources: { w: [] }, deployments: {} } } },
    "s/resources/w",
  ],
])("rejects a document with %s", (_name, document, flaw) => {
  expect(flawOfState(document)).toContain(flaw);
  expect(isStateDocument(document)).toBe(false);
});
