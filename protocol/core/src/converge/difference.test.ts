import { expect, test } from "vitest";
import { differences } from "./difference.ts";
import { somethingElse } from "../resource/resource.ts";

test.each([
  [{ a: 1 }, { a: 1 }],
  [{ a: [1, { b: null }] }, { a: [1, { b: null }] }],
  [{ a: { x: 1, y: 2 } }, { a: { y: 2, x: 1 } }],
  [{ a: 1 }, {}],
  [{ a: 1 }, { a: undefined }],
])("%j is satisfied by %j", (want, seen) => {
  expect(differences(want, seen)).toEqual([]);
});

test.each([
  [{ a: 1 }, { a: "1" }],
  [{ a: null }, { a: {} }],
  [{ a: [1, 2] }, { a: [2, 1] }],
  [{ a: [1] }, { a: [1, 2] }],
  [{ a: { x: 1 } }, { a: { x: 1, y: 2 } }],
  [{ a: { x: 1 } }, { a: { y: 1 } }],
  [{ a: {} }, { a: [] }],
])("%j is not satisfied by %j", (want, seen) => {
  expect(differences(want, seen)).toEqual([{ field: "a", current: seen.a, wanted: want.a }]);
});

test("describes an existing value that cannot be read", () => {
  expect(differences({ password: { env: "X" } }, { password: somethingElse })).toEqual([
    { field: "password", current: "(another value)", wanted: { env: "X" } },
  ]);
});
