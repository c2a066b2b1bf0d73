import { encode, ExtData } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { parseExact } from "@nixops4-resources/protocol-core";
import type { EngineType } from "./engine-type.ts";
import { decodeMsgpack, encodeMsgpack } from "./msgpack.ts";
import { fromStateJson, toStateJson } from "./state-json.ts";
import { hasUnknown, isEqualValue, unknown, type Value } from "./value.ts";

const person: EngineType = ["object", { name: "string", age: "number", tags: ["list", "string"], extra: "dynamic" }];

const roundTrips: readonly (readonly [string, Value, EngineType])[] = [
  ["an object with all attributes", { name: "ann", age: 40, tags: ["a"], extra: null }, person],
  ["an integer above 2^53", JSON.rawJSON("9007199254740993"), "number"],
  ["an integer above 2^64", JSON.rawJSON("100000000000000000000000000001"), "number"],
  ["digits that a float does not hold", JSON.rawJSON("3.14159265358979323846"), "number"],
  ["a value that carries its own type", { a: [1, "two", { three: true }] }, "dynamic"],
  ["a map", { "some key": true }, ["map", "bool"]],
  ["null", null, person],
];

test.each(roundTrips)("MessagePack keeps %s", (_what, value, type) => {
  expect(isEqualValue(decodeMsgpack(encodeMsgpack(value, type), type), value)).toBe(true);
});

test.each(roundTrips)("JSON of a state keeps %s", (_what, value, type) => {
  expect(isEqualValue(fromStateJson(toStateJson(value, type), type), value)).toBe(true);
});

test("MessagePack keeps unknown values, and reads refined ones as unknown", () => {
  const value: Value = { name: unknown, age: 1, tags: unknown, extra: unknown };
  expect(decodeMsgpack(encodeMsgpack(value, person), person)).toEqual(value);
  const withPrefix = Buffer.from("c7070c8201c202a36162630000".slice(0, 20), "hex");
  expect(decodeMsgpack(withPrefix, "string")).toBe(unknown);
});

test.each<[string, EngineType, unknown]>([
  ["a list", ["list", "string"], ["a"]],
  ["a null with a type", ["object", { file: "string", key: ["object", { name: "string" }] }], { file: "a", key: null }],
  ["an unknown part", ["tuple", ["string", "string"]], ["a", new ExtData(0, new Uint8Array([0]))]],
  ["an unknown value", "string", new ExtData(0, new Uint8Array([0]))],
])("a value that carries its own type keeps it: %s", (_what, own, value) => {
  const wire = Buffer.from(encode([Buffer.from(JSON.stringify(own)), value]));
  expect(encodeMsgpack(decodeMsgpack(wire, "dynamic"), "dynamic")).toEqual(wire);
});

test("a value that carries its own type keeps it in a state", () => {
  const state = `{"type":["list","string"],"value":["a"]}`;
  expect(toStateJson(fromStateJson(state, "dynamic"), "dynamic")).toBe(state);
});

test("fills in absent attributes with null, and drops those that the type does not have", () => {
  expect(fromStateJson(`{"name":"ann","old":1}`, person)).toEqual({ name: "ann", age: null, tags: null, extra: null });
  expect(fromStateJson(`{"name":["wrong"]}`, person)).toMatchObject({ name: null });
});

test("normalizes strings like the engine", () => {
  expect(decodeMsgpack(encodeMsgpack("e\u0301", "string"), "string")).toBe("\u00e9");
});

test("rejects a value of another type", () => {
  expect(() => encodeMsgpack("1", "number")).toThrow('A value does not have the type "number"');
});

test("finds an unknown value at any depth", () => {
  expect(hasUnknown({ a: [{ b: unknown }] })).toBe(true);
  expect(hasUnknown({ a: [{ b: null }] })).toBe(false);
});

test("numbers are equal only if their digits are", () => {
  const [one, other] = [parseExact("9007199254740993"), parseExact("9007199254740995")];
  expect(isEqualValue({ one }, { one: parseExact("9007199254740993") })).toBe(true);
  expect(isEqualValue({ one }, { one: other })).toBe(false);
});
