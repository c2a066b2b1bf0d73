import { expect, test } from "vitest";
import * as z from "zod/mini";
import { converge } from "./converge.ts";
import { defineResource } from "../resource/resource.ts";
import { plan } from "./inspect.ts";
import { option } from "../resource/option.ts";
import { prepare } from "./task.ts";

/** Names on the lists of a house. It carries no mark, so a change of its room would leave the names on the old list. */
const guests = defineResource({
  type: "guests",
  description: "Names on a list.",
  requireState: false,
  identity: ["room"],
  connection: z.strictObject({}),
  inputs: { room: option(z.nullable(z.string()), "Room of the list. Null means all rooms.", null) },
  outputs: {},
  immutable: { room: "Move the names manually" },
  stableOutputs: [],
  leastRights: "A pencil.",
  example: {},

  label: () => "of the evening",
  connectReader: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  connectWriter: async () => ({ [Symbol.asyncDispose]: async () => undefined }),
  read: async (_list, { room }) => ({ mark: undefined, inputs: { room }, outputs: {} }),
  create: async () => undefined,
  update: async () => undefined,
  delete: async () => undefined,
});

const everywhere = { connection: {}, managedBy: "prod" };

test.each([everywhere, { ...everywhere, room: null }])(
  "a type without marks rejects a change of an immutable input from null, which names a place too: %j",
  async (before) => {
    const moved = await prepare(guests, { ...everywhere, room: "hall" }, "strict");
    const rejected = expect.stringContaining("`room` cannot change in place from null");
    await expect(converge(moved, before)).rejects.toMatchObject({
      cause: { code: "protocol.immutable", message: rejected },
    });
    expect(await plan(moved, before)).toMatchObject({ action: "refuse", reason: rejected });
    expect((await converge(await prepare(guests, everywhere, "strict"), before)).outcome).toBe("unchanged");
  },
);
