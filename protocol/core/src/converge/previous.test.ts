import { expect, test } from "vitest";
import * as z from "zod/mini";
import { converge } from "./converge.ts";
import { defineResource } from "../resource/resource.ts";
import { plan } from "./inspect.ts";
import { option } from "../resource/option.ts";
import { prepare } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

/** A guest list to which other people also add names. It carries no mark, so only declared names may be removed. */
const guestsOn = (present: Set<string>) =>
  defineResource({
    type: "guests",
    description: "Names on a list.",
    requireState: false,
    identity: ["names"],
    connection: z.strictObject({}),
    inputs: { names: option(z.array(z.string()), "Names that the list must contain.") },
    outputs: {},
    immutable: {},
    stableOutputs: [],
    leastRights: "A pencil.",
    example: { names: ["ann"] },

    label: () => "of the evening",
    connectReader: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    connectWriter: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
    async read(_list, { names }, previous) {
      const declared = new Set([...names, ...(previous.names ?? [])]);
      return { mark: undefined, inputs: { names: [...declared].filter((name) => present.has(name)) }, outputs: {} };
    },
    create: async (_list, { names }) => names.forEach((name) => present.add(name)),
    async update(_list, { names }, { seen }) {
      const onIt = Array.isArray(seen.inputs.names) ? seen.inputs.names : [];
      for (const name of onIt) if (!names.includes(name)) present.delete(name);
      for (const name of names) present.add(name);
    },
    delete: async (_list, { names }) => names.forEach((name) => present.delete(name)),
  });

const inputs = (...names: string[]): Properties => ({ connection: {}, managedBy: "prod", names });
const task = (present: Set<string>, ...names: string[]) => prepare(guestsOn(present), inputs(...names), "strict");

test("an update removes only names that the previous inputs declared", async () => {
  const present = new Set(["ann", "bob", "uncle"]);
  expect((await converge(await task(present, "ann"), inputs("ann", "bob"))).outcome).toBe("updated");
  expect([...present]).toEqual(["ann", "uncle"]);
});

test("a plan predicts the removal", async () => {
  const present = new Set(["ann", "bob", "uncle"]);
  expect(await plan(await task(present, "ann"), inputs("ann", "bob"))).toMatchObject({
    action: "update",
    differences: [{ field: "names", current: ["ann", "bob"], wanted: ["ann"] }],
  });
});

test("a create has no previous inputs and removes nothing", async () => {
  const present = new Set(["ann", "bob"]);
  expect((await converge(await task(present, "ann"), undefined)).outcome).toBe("unchanged");
});

test("ignores previous inputs that are no longer valid", async () => {
  const present = new Set(["ann", "bob"]);
  const outcome = converge(await task(present, "ann"), { ...inputs(), names: "ann, bob" });
  expect((await outcome).outcome).toBe("unchanged");
});
