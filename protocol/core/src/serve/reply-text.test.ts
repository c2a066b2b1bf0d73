import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { boxOn, Shelf } from "../fixtures/box.ts";
import { answer } from "./answer.ts";
import { OpenStores } from "./open-stores.ts";
import type { Provider } from "./provider.ts";
import { replyText } from "./reply-text.ts";
import { defineResource } from "../resource/resource.ts";
import { option } from "../resource/option.ts";
import { secretRef } from "../secrets/ref.ts";
import { isObject, type Properties } from "../wire/wire.ts";
import { verbs } from "./verbs.ts";

let shelf: Shelf;
let provider: Provider;
beforeEach(() => {
  shelf = new Shelf();
  provider = {
    name: "room",
    title: "Room",
    description: "Boxes.",
    version: "1",
    types: { box: async () => ({ default: boxOn(shelf) }), door: async () => ({ default: door }) },
    errors: async () => ({ default: {} }),
  };
});

/** A type without marks, with an input of every form that the text treats specially. */
const door = defineResource({
  type: "door",
  description: "A door.",
  requireState: false,
  identity: ["users"],
  connection: z.strictObject({}),
  inputs: {
    settings: option(z.record(z.string(), z.int()), "Settings.", {}),
    users: option(z.array(z.string()), "Users.", []),
    password: option(z.nullable(secretRef), "Password.", null),
  },
  outputs: {},
  immutable: {},
  secret: ["password"],
  stableOutputs: [],
  leastRights: "None.",
  example: {},
  label: () => "front",
  connectReader: async () => new Shelf(),
  connectWriter: async () => new Shelf(),
  read: async () => ({ mark: undefined, inputs: { settings: { a: 1, b: 2, d: 4 }, users: [] }, outputs: {} }),
  create: async () => undefined,
  update: async () => undefined,
  delete: async () => undefined,
});

const inputs = (more: Properties = {}): Properties => ({ connection: {}, managedBy: "prod", ...more });
const putBox = (managedBy: string | undefined, size = 3, adopted = false): void => {
  const mark = managedBy === undefined ? undefined : { managedBy, type: "box", ...(adopted && { adopted }) };
  shelf.boxes.set("shoes", { size, colour: "red", mark });
};

async function shown(verb: "plan" | "read" | "list", type: string, inputProperties: Properties): Promise<string> {
  const given = { type, inputProperties };
  await using stores = new OpenStores();
  const reply = await answer(provider, JSON.stringify(verbs[verb].request(given)), stores);
  const [body] = Object.values(reply);
  expect(Object.keys(reply), JSON.stringify(body)).not.toContain("errorResponse");
  return replyText(verb, provider, given, isObject(body) ? body : {});
}

const planBox = (more: Properties = {}): Promise<string> => shown("plan", "box", inputs({ name: "shoes", ...more }));

describe("plan", () => {
  test("shows each change from the current to the wanted value", async () => {
    putBox("prod");
    expect(await planBox({ size: 5 })).toBe("Would update box shoes (current -> wanted):\n  size: 3 -> 5\n");
  });

  test("says that nothing changes", async () => {
    putBox("prod");
    expect(await planBox({ size: 3 })).toBe("Would change nothing: box shoes matches the inputs.\n");
  });

  test("says what it adopts", async () => {
    putBox(undefined);
    expect(await planBox({ adopt: true, size: 3 })).toBe("Would adopt box shoes and change nothing else.\n");
    expect(await planBox({ adopt: true })).toBe(
      "Would adopt box shoes and update (current -> wanted):\n  size: 3 -> 10\n",
    );
  });

  test("says why it refuses", async () => {
    putBox("staging");
    expect(await planBox({ size: 3 })).toBe(
      "Would refuse box shoes: the deployment staging manages it, not prod. " +
        'Set `adoptFrom = "staging"` on this resource to take it over, or give the resource another name.\n',
    );
  });

  test("shows only the members of a set that differ", async () => {
    expect(await shown("plan", "door", inputs({ settings: { a: 1, b: 3, c: 5 } }))).toBe(
      "Would update door front (current -> wanted):\n" +
        "  settings.b: 2 -> 3\n  settings.d: 4 -> (not set)\n  settings.c: (not set) -> 5\n",
    );
  });

  test("puts long values on lines of their own", async () => {
    const users = ["a".repeat(70), "b".repeat(70)];
    expect(await shown("plan", "door", inputs({ settings: { a: 1, b: 2, d: 4 }, users }))).toBe(
      `Would update door front (current -> wanted):\n  users:\n    []\n    -> ${JSON.stringify(users)}\n`,
    );
  });
});

describe("read", () => {
  test("shows the owner, the outputs and the differences", async () => {
    putBox("prod");
    expect(await shown("read", "box", inputs({ name: "shoes" }))).toBe(
      "box shoes exists.\nManaged by: deployment prod (as in the inputs)\nOutputs:\n  litres: 3\n" +
        "Differences from the inputs (current -> wanted):\n  size: 3 -> 10\n",
    );
  });

  test.each([
    ["staging", "deployment staging, not prod"],
    [undefined, "no deployment; it carries no mark"],
  ])("names another owner or none: %s", async (managedBy, words) => {
    putBox(managedBy);
    expect(await shown("read", "box", inputs({ name: "shoes" }))).toContain(`\nManaged by: ${words}\n`);
  });

  test("says that a type has no marks", async () => {
    const text = await shown("read", "door", inputs({ settings: { a: 1, b: 2, d: 4 } }));
    expect(text).toBe(
      "door front exists.\nManaged by: unknown; resources of this type carry no mark\nOutputs: none\n" +
        "Differences from the inputs: none\n",
    );
  });
});

describe("list", () => {
  test("aligns the objects in a table", async () => {
    putBox("prod", 3, true);
    shelf.boxes.set("umbrellas", { size: 1, colour: "red", mark: { managedBy: "prod", type: "box" } });
    expect(await shown("list", "box", inputs())).toBe(
      "LABEL      MANAGED BY  ADOPTED\nshoes      prod        yes\numbrellas  prod        no\n",
    );
  });
});

test("a secret appears as its reference", async () => {
  process.env["DOOR_CANARY"] = "canary-0xC0FFEE";
  const password = { env: "DOOR_CANARY" };
  const type = "sealed";
  const sealed = { ...door, type, read: async () => undefined };
  provider = { ...provider, types: { sealed: async () => ({ default: sealed }) } };
  const text = await shown("plan", type, inputs({ password }));
  expect(text).toContain('\n  password: {"env":"DOOR_CANARY"}\n');
  expect(text).not.toContain("C0FFEE");
});
