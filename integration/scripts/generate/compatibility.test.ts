import { defineResource, option, secretRef, type Shape } from "@nixops4-resources/protocol-core";
import { describeProvider } from "@nixops4-resources/protocol-core/generate";
import { expect, test } from "vitest";
import * as z from "zod/mini";
import { incompatibilities } from "./compatibility.ts";
import { interfaceOf, type Interface } from "./interface.ts";

const name = option(z.string(), "Name.");
const base: Shape = {
  name,
  size: option(z.int().check(z.minimum(0), z.maximum(9)), "Size.", 1),
  kind: option(z.enum(["a", "b"]), "Kind.", "a"),
  key: option(z.nullable(secretRef), "Key.", null),
  tags: option(z.array(z.string()), "Tags.", []),
  limits: option(z.strictObject({ soft: option(z.int(), "Soft.", 1), hard: option(z.int(), "Hard.") }), "Limits."),
  notes: option(z.array(z.nullable(z.string())), "Notes.", []),
  free: option(z.record(z.string(), z.int()), "Free.", {}),
};
const outputs: Shape = { id: option(z.string(), "Identifier."), port: option(z.int(), "Port.") };

test("reports nothing if nothing changed or more is allowed", async () => {
  expect(await changes({})).toEqual([]);
  expect(
    await changes({
      inputs: {
        ...base,
        name: option(z.nullable(z.string()), "Better words.", null),
        size: option(z.int().check(z.minimum(-1)), "Size.", 1),
        kind: option(z.enum(["a", "b", "c"]), "Kind.", "a"),
        tags: option(z.array(z.union([z.string(), z.int()])), "Tags.", []),
        free: option(z.record(z.string(), z.number()), "Free.", {}),
        color: option(z.nullable(z.string()), "New and optional.", null),
      },
      outputs: { ...outputs, more: option(z.string(), "More.") },
    }),
  ).toEqual([]);
});

test.each<[string, Shape, string]>([
  ["an input was removed", without(base, "tags"), "thing.inputs.tags was removed"],
  [
    "an optional input became required",
    { ...base, tags: option(z.array(z.string()), "Tags.") },
    "thing.inputs.tags must be given now",
  ],
  [
    "a new input is required",
    { ...base, color: option(z.string(), "Color.") },
    "thing.inputs.color is new and must be given",
  ],
  [
    "a default changed",
    { ...base, size: option(z.int().check(z.minimum(0), z.maximum(9)), "Size.", 2) },
    "the default of thing.inputs.size changed from 1 to 2",
  ],
  [
    "a bound is tighter",
    { ...base, size: option(z.int().check(z.minimum(0), z.maximum(8)), "Size.", 1) },
    "thing.inputs.size: maximum changed from 9 to 8",
  ],
  [
    "a value was removed",
    { ...base, kind: option(z.enum(["a"]), "Kind.", "a") },
    'thing.inputs.kind may not be "b" any more',
  ],
  [
    "a pattern is new",
    { ...base, name: option(z.string().check(z.regex(/^a/)), "Name.") },
    "thing.inputs.name: pattern changed from none to ^a",
  ],
  ["a type changed", { ...base, name: option(z.int(), "Name.") }, "thing.inputs.name changed from of type string"],
  [
    "null is not allowed any more within a list",
    { ...base, notes: option(z.array(z.string()), "Notes.", []) },
    "thing.inputs.notes[] may not be of type null any more",
  ],
  [
    "a field within an input was removed",
    { ...base, limits: option(z.strictObject({ hard: option(z.int(), "Hard.") }), "Limits.") },
    "thing.inputs.limits.soft was removed",
  ],
  [
    "elements of a list are narrower",
    { ...base, tags: option(z.array(z.enum(["x"])), "Tags.", []) },
    'thing.inputs.tags[] may only be "x" now',
  ],
  [
    "values of a set are narrower",
    { ...base, free: option(z.record(z.string(), z.int().check(z.minimum(0))), "Free.", {}) },
    "thing.inputs.free.<name>: minimum changed",
  ],
])("reports that %s", async (_, inputs, expected) => {
  expect(await changes({ inputs })).toEqual([expect.stringContaining(expected)]);
});

test("reports that an output was removed or may have another type", async () => {
  expect(await changes({ outputs: without(outputs, "port") })).toEqual(["thing.outputs.port was removed"]);
  expect(await changes({ outputs: { ...outputs, port: option(z.nullable(z.int()), "Port.") } })).toEqual([
    "thing.outputs.port may have values of other types now",
  ]);
  expect(await changes({ outputs: { ...outputs, port: option(z.int().check(z.minimum(1)), "Port.") } })).toEqual([]);
});

test("reports that an input cannot be updated any more, or that the type requires a state", async () => {
  expect(await changes({ immutable: { size: "It would be lost" } })).toEqual([
    "thing.inputs.size cannot be updated any more",
  ]);
  expect(await changes({ requireState: true })).toEqual(["thing requires a state now"]);
});

test("reports that a resource type or an error code was removed", async () => {
  const before = await describeThing({});
  expect(incompatibilities(before, { ...before, resourceTypes: {} })).toEqual(["resource type thing was removed"]);
  expect(incompatibilities({ ...before, errors: ["things.full"] }, { ...before, errors: [] })).toEqual([
    "error things.full was removed",
  ]);
});

interface Change {
  inputs?: Shape;
  outputs?: Shape;
  immutable?: Record<string, string>;
  requireState?: boolean;
}

async function changes(after: Change): Promise<string[]> {
  return incompatibilities(await describeThing({}), await describeThing(after));
}

async function describeThing(changed: Change): Promise<Interface> {
  const thing = defineResource({
    type: "thing",
    description: "A thing.",
    requireState: false,
    identity: ["size"],
    connection: z.strictObject({}),
    inputs: base,
    outputs,
    immutable: {},
    stableOutputs: [],
    leastRights: "None.",
    example: {},
    label: () => "thing",
    connectReader: () => Promise.reject(new Error("not called")),
    connectWriter: () => Promise.reject(new Error("not called")),
    read: () => Promise.resolve(undefined),
    create: () => Promise.resolve(),
    update: () => Promise.resolve(),
    delete: () => Promise.resolve(),
    ...changed,
  });
  return interfaceOf(
    await describeProvider({
      name: "things",
      title: "Things",
      description: "Things.",
      version: "0.1.0",
      types: { thing: () => Promise.resolve({ default: thing }) },
      errors: () => Promise.resolve({ default: {} }),
    }),
  );
}

function without(shape: Shape, gone: string): Shape {
  return Object.fromEntries(Object.entries(shape).filter(([field]) => field !== gone));
}
