import { expect, test } from "vitest";
import { smallestShape, widen } from "./shape.ts";

test.each([
  ["error: attribute 'txt' missing\n at /d.nix:1:2", { keys: ["txt"], length: 1 }],
  [`error: attribute '"a.b"' missing`, { keys: ["a.b"], length: 1 }],
  ["error: list index 2 is out of bounds", { keys: [], length: 3 }],
  ["error: 'builtins.elemAt' called with index 1 on a list of size 1", { keys: [], length: 2 }],
])("learns the missing part from %j", (message, { keys, length }) => {
  expect(widen(smallestShape, message)).toEqual({ keys: new Set(keys), length });
});

test.each(["error: attribute 'txt' missing", "error: list index 0 is out of bounds", "error: stack overflow"])(
  "learns nothing from %j if the samples have it already, or nothing is missing",
  (message) => {
    expect(widen({ keys: new Set(["txt"]), length: 1 }, message)).toBeUndefined();
  },
);
