import { expect, test } from "vitest";
import { fill, gapsIn, valueKey, templateOf, type Gap } from "./template.ts";

const gaps: Gap[] = [
  { text: "GAP", first: "one", second: "two" },
  { text: "PORT", first: 40_001, second: 50_001 },
  { text: "REF", first: { file: "/REF" }, second: { file: "/REF2" } },
];

test("finds a gap alone, inside a longer text, and more than once", () => {
  const template = templateOf({ a: "one", b: ["x-one-y-one"], c: 1 }, { a: "two", b: ["x-two-y-two"], c: 1 }, gaps);
  expect(template).toEqual({ a: "GAP", b: ["x-GAP-y-GAP"], c: 1 });
  expect(fill(template ?? null, new Map([["GAP", "$& shop"]]))).toEqual({
    a: "$& shop",
    b: ["x-$& shop-y-$& shop"],
    c: 1,
  });
});

test("keeps an integer, and writes it as text inside a text", () => {
  const template = templateOf({ port: 40_001, url: "h:40001" }, { port: 50_001, url: "h:50001" }, gaps);
  expect(template).toEqual({ port: { [valueKey]: "PORT" }, url: "h:PORT" });
  expect(fill(template ?? null, new Map([["PORT", 5432]]))).toEqual({ port: 5432, url: "h:5432" });
});

test("finds a whole object as a gap", () => {
  const template = templateOf({ keys: [{ file: "/REF" }] }, { keys: [{ file: "/REF2" }] }, gaps);
  expect(template).toEqual({ keys: [{ [valueKey]: "REF" }] });
  const ref = { store: { name: "a", version: null } };
  expect(fill(template ?? null, new Map([["REF", ref]]))).toEqual({ keys: [ref] });
});

test("finds a gap that is a name, independent of the order of names", () => {
  const template = templateOf({ grants: { one: 1, "p-q": 2 } }, { grants: { "p-q": 2, two: 1 } }, gaps);
  expect(template).toEqual({ grants: { GAP: 1, "p-q": 2 } });
  expect(fill(template ?? null, new Map([["GAP", "shop"]]))).toEqual({ grants: { shop: 1, "p-q": 2 } });
});

test("finds no gap for a value that is equal in both", () => {
  expect(templateOf(["one", 40_001], ["one", 40_001], gaps)).toEqual(["one", 40_001]);
});

test.each([
  ["a length", 3, 4],
  ["a changed case", "ONE", "TWO"],
  ["another list", ["one"], ["two", "two"]],
  ["another key", { ONE: 1 }, { TWO: 1 }],
  ["a key with another value", { one: 1 }, { two: 2 }],
  ["one key more", { one: 1 }, { two: 1, three: 1 }],
  ["a choice", "one", 2],
  ["a field of an object", "/REF", "/REF2"],
  ["an object beside a field of its own", { file: "/REF", more: 1 }, { file: "/REF2", more: 1 }],
  ["a constant beside the gap's own value", "40001 40001", "40001 50001"],
])("returns no template for %s", (_, first, second) => {
  expect(templateOf({ a: first }, { a: second }, gaps)).toBeUndefined();
});

test("returns the gaps that a template contains", () => {
  expect(gapsIn({ a: [{ [valueKey]: "PORT" }] }, ["GAP", "PORT"])).toEqual(["PORT"]);
});
