import { beforeEach, describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { converge } from "./converge.ts";
import { lowering } from "./lowering.ts";
import { boxOn, Shelf } from "../fixtures/box.ts";
import { option, somethingElse } from "../index.ts";
import { plan } from "./inspect.ts";
import { explain } from "../serve/explain.ts";
import { prepare, type Task } from "./task.ts";
import { validate } from "./validate.ts";
import type { Properties } from "../wire/wire.ts";

let shelf: Shelf;
beforeEach(() => {
  shelf = new Shelf();
  shelf.boxes.set("shoes", { size: 50, colour: "red", mark: undefined });
});

/** A box whose size an adoption would reset to 10, the default. */
const task = (more: Properties = {}): Promise<Task> => {
  const box = boxOn(shelf);
  return prepare(
    { ...box, lowering: lowering(box.inputs) },
    { connection: {}, name: "shoes", managedBy: "prod", adopt: true, ...more },
    "strict",
  );
};
const apply = async (more: Properties = {}): Promise<string> => {
  const given = await task(more);
  return converge(given, undefined).then(
    ({ outcome }) => outcome,
    (error: unknown) => explain(error, "test"),
  );
};

test("`adoptLowers` is an input of a type that lowers, and of no other", async () => {
  const box = boxOn(shelf);
  const given = { name: "shoes", adoptLowers: true };
  await expect(validate({ ...box, lowering: lowering(box.inputs) }, given, new Set())).resolves.toBeUndefined();
  await expect(validate(box, given, new Set())).rejects.toThrow("Unable to read inputs of box");
});

describe("an adoption that would reset an input to its default", () => {
  test("is refused before anything is written, and names the value", async () => {
    expect(await apply()).toBe(
      "[protocol.ownership.lowers] Unable to update box shoes: adopting would reset or remove what the inputs do not declare: `size = 50`.\n" +
        "Hint: Set `adoptLowers = true` on this resource to lose this, or declare it to keep it.",
    );
    expect(shelf.writes).toEqual([]);
  });

  test("is planned as refused, with the same reason", async () => {
    const planned = await plan(await task(), undefined);
    expect(planned).toMatchObject({ action: "refuse", differences: [{ field: "size", current: 50, wanted: 10 }] });
    expect(planned.reason).toContain("`size = 50`");
  });

  test("is refused for an object of another deployment too", async () => {
    shelf.boxes.set("shoes", { size: 50, colour: "red", mark: { managedBy: "staging", type: "box" } });
    expect(await apply({ adoptFrom: "staging" })).toContain("[protocol.ownership.lowers]");
    expect(await apply({ adoptFrom: "staging", adoptLowers: true })).toBe("adopted");
  });

  test("is done with `adoptLowers`, and by a request that continues a killed one without it", async () => {
    shelf.before.update = () => {
      throw new Error("killed");
    };
    expect(await apply({ adoptLowers: true })).toContain("killed");
    shelf.before = {};
    expect(await apply()).toBe("updated");
    expect(shelf.boxes.get("shoes")?.size).toBe(10);
  });

  test.each([{ size: 50 }, { size: 7 }])("is done if the inputs declare %j", async (declared) => {
    expect(await apply(declared)).toBe("adopted");
    expect(shelf.boxes.get("shoes")?.size).toBe(declared.size);
  });

  test("is no concern of an object that the deployment manages", async () => {
    shelf.boxes.set("shoes", { size: 50, colour: "red", mark: { managedBy: "prod", type: "box" } });
    expect(await apply()).toBe("updated");
  });
});

describe("the list of a refusal", () => {
  const inputs = {
    login: option(z.boolean(), "Whether it logs in.", false),
    settings: option(z.record(z.string(), z.string()), "Its settings.", {}),
    password: option(z.nullable(z.string()), "Its password.", null),
    groups: option(z.array(z.string()), "Its groups.", []),
    cpu: option(
      z.strictObject({ cores: option(z.int(), "Cores.", 1), type: option(z.string(), "Type.") }),
      "Its CPU.",
      {
        type: "host",
      },
    ),
    cards: option(
      z.record(z.string(), z.strictObject({ bridge: z.string(), firewall: option(z.boolean(), "Firewall.", false) })),
      "Its cards.",
      {},
    ),
  };
  const guard = lowering(inputs, { groups: (_, has) => has.map((group) => `the group ${group}`) });
  const cpu = { cores: 1, type: "host" };
  const lost = (has: Properties, wanted: Properties = {}): string | undefined =>
    guard
      .refuse({ login: false, settings: {}, password: null, groups: [], cpu, cards: {}, ...wanted }, has)
      ?.message.split(": ")[1];

  test("names entries of a set that are not listed, without their values, and not those that change", () => {
    const settings = { a: "secret", b: "1" };
    expect(lost({ settings })).toBe("`settings.a`, `settings.b`");
    expect(lost({ settings }, { settings: { b: "2" } })).toBe("`settings.a`");
  });

  test("names a part of an input that would be reset, and not one that the inputs declare", () => {
    expect(lost({ cpu: { cores: 8, type: "kvm64" } })).toBe("`cpu.cores = 8`");
    expect(lost({ cpu: { cores: 8, type: "host" } }, { cpu: { cores: 2, type: "host" } })).toBeUndefined();
    const cards = { net0: { bridge: "a", firewall: true }, net1: { bridge: "b", firewall: true } };
    const wanted = { net0: { bridge: "c", firewall: false } };
    expect(lost({ cards }, { cards: wanted })).toBe("`cards.net0.firewall = true`, `cards.net1`");
  });

  test("names a value that is not known", () => {
    expect(lost({ password: somethingElse })).toBe("`password`");
    expect(lost({ password: somethingElse }, { password: "new" })).toBeUndefined();
  });

  test("names of a list what its type finds missing", () => {
    expect(lost({ groups: ["staff"] })).toBe("the group staff");
  });
});
