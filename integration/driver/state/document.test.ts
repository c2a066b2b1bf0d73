import { expect, test } from "vitest";
import { checkState, emptyState, readEntry, statePatch, withEntry } from "./document.ts";

const entry = { type: "file", inputs: { name: "a" }, outputs: { path: "/a" } };
const stored = { type: "file", input_properties: { name: "a" }, output_properties: { path: "/a" } };

test("an entry lies under the names that NixOps4 writes", () => {
  expect(withEntry(emptyState, ["a"], entry)["resources"]).toEqual({ a: stored });
});

test("a member of a composite lies in nested deployments", () => {
  const state = withEntry(emptyState, ["site", "web", "a"], entry);
  expect(state["deployments"]).toEqual({
    site: { resources: {}, deployments: { web: { resources: { a: stored }, deployments: {} } } },
  });
  expect(readEntry(state, ["site", "web", "a"])).toEqual(entry);
  expect(readEntry(state, ["site", "a"])).toBeUndefined();
});

test("the manual's spelling is read too", () => {
  const resources = { a: { type: "file", inputProperties: { name: "a" }, outputProperties: { path: "/a" } } };
  expect(readEntry({ ...emptyState, resources }, ["a"])).toEqual(entry);
});

test("what others put into the document stays", () => {
  const state = { ...emptyState, note: "keep", resources: { other: stored } };
  expect(withEntry(state, ["a"], entry)).toEqual({ ...state, resources: { other: stored, a: stored } });
  expect(withEntry(withEntry(state, ["a"], entry), ["a"], undefined)).toEqual(state);
});

test("a patch has only what differs", () => {
  const before = withEntry(emptyState, ["a"], entry);
  const after = withEntry(before, ["a"], { ...entry, outputs: { path: "/b" } });
  expect(statePatch(before, after)).toEqual([
    { op: "replace", path: "/resources/a/output_properties/path", value: "/b" },
  ]);
  expect(statePatch(before, withEntry(before, ["a"], entry))).toEqual([]);
});

test("names with a slash or a tilde are escaped in the patch", () => {
  const [operation] = statePatch(emptyState, withEntry(emptyState, ["a/b~c"], entry));
  expect(operation).toMatchObject({ op: "add", path: "/resources/a~1b~0c" });
});

test("another document is refused", () => {
  expect(() => checkState({ _type: "other" }, "member s")).toThrow('its _type must be "nixopsState", got "other"');
  expect(() => readEntry({ ...emptyState, resources: { a: { type: "file" } } }, ["a"])).toThrow("member a");
});
