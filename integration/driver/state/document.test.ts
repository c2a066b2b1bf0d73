import { expect, test } from "vitest";
import { checkState, emptyState, readEntry, statePatch, withEntry } from "./document.ts";

const entry = { type: "file", inputs: { name: "a" }, outputs: { path: "/a" } };
const stored = { type: "file", input_properties: { name: "a" }, output_properties: { path: "/a" } };

test("writes an entry with NixOps4's names", () => {
  expect(withEntry(emptyState, ["a"], entry)["resources"]).toEqual({ a: stored });
});

test("writes a member of a composite into nested deployments", () => {
  const state = withEntry(emptyState, ["site", "web", "a"], entry);
  expect(state["deployments"]).toEqual({
    site: { resources: {}, deployments: { web: { resources: { a: stored }, deployments: {} } } },
  });
  expect(readEntry(state, ["site", "web", "a"])).toEqual(entry);
  expect(readEntry(state, ["site", "a"])).toBeUndefined();
});

test("reads the manual's spelling too", () => {
  const resources = { a: { type: "file", inputProperties: { name: "a" }, outputProperties: { path: "/a" } } };
  expect(readEntry({ ...emptyState, resources }, ["a"])).toEqual(entry);
});

test("keeps everything else in the document", () => {
  const state = { ...emptyState, note: "keep", resources: { other: stored } };
  expect(withEntry(state, ["a"], entry)).toEqual({ ...state, resources: { other: stored, a: stored } });
  expect(withEntry(withEntry(state, ["a"], entry), ["a"], undefined)).toEqual(state);
});

test("writes only differences into a patch", () => {
  const before = withEntry(emptyState, ["a"], entry);
  const after = withEntry(before, ["a"], { ...entry, outputs: { path: "/b" } });
  expect(statePatch(before, after)).toEqual([
    { op: "replace", path: "/resources/a/output_properties/path", value: "/b" },
  ]);
  expect(statePatch(before, withEntry(before, ["a"], entry))).toEqual([]);
});

test("escapes names with a slash or a tilde in the patch", () => {
  const [operation] = statePatch(emptyState, withEntry(emptyState, ["a/b~c"], entry));
  expect(operation).toMatchObject({ op: "add", path: "/resources/a~1b~0c" });
});

test("rejects another document", () => {
  expect(() => checkState({ _type: "other" }, "member s")).toThrow('its _type must be "nixopsState", got "other"');
  expect(() => readEntry({ ...emptyState, resources: { a: { type: "file" } } }, ["a"])).toThrow("member a");
});

test.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
  "treats a member named %s like any other",
  (name) => {
    expect(readEntry(emptyState, [name])).toBeUndefined();
    expect(readEntry(emptyState, [name, name])).toBeUndefined();
    const state = withEntry(emptyState, [name], entry);
    expect(readEntry(state, [name])).toEqual(entry);
    const { resources }: { resources: object } = JSON.parse(JSON.stringify(state));
    expect(Object.getOwnPropertyDescriptor(resources, name)?.value).toEqual(stored);
    expect(statePatch(emptyState, state)).toEqual([{ op: "add", path: `/resources/${name}`, value: stored }]);
    const inner = withEntry(state, [name, "web"], entry);
    expect(readEntry(inner, [name, "web"])).toEqual(entry);
    expect(readEntry(withEntry(inner, [name], undefined), [name])).toBeUndefined();
  },
);
