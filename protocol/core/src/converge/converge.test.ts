import { beforeEach, describe, expect, test } from "vitest";
import { converge } from "./converge.ts";
import { destroy } from "./destroy.ts";
import { ProviderError } from "../report/error.ts";
import { explain } from "../serve/explain.ts";
import { boxOn, Shelf } from "../fixtures/box.ts";
import { inspect, list, plan } from "./inspect.ts";
import { prepare, prepareList } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

let shelf: Shelf;
beforeEach(() => {
  shelf = new Shelf();
});

const inputs = (more: Properties = {}): Properties => ({ connection: {}, name: "shoes", managedBy: "prod", ...more });
const task = (more: Properties = {}) => prepare(boxOn(shelf), inputs(more), "strict");
const apply = async (more: Properties = {}, previous?: Properties) => converge(await task(more), previous);
const putBox = (mark: { managedBy: string; adopted?: true } | undefined, size = 10): void => {
  shelf.boxes.set("shoes", { size, colour: "red", mark: mark && { type: "box", ...mark } });
};
const shrinking: ReturnType<typeof boxOn>["refuse"] = (want, { inputs: { size } }) =>
  typeof size === "number" && want.size < size
    ? new ProviderError("a box does not shrink", { code: "box.small", hint: "Make another one" })
    : undefined;
/** The text that a person would get. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (error) => explain(error, "test"),
  );

describe("converge", () => {
  test("makes what is missing, with its mark, and reads it back", async () => {
    expect(await apply()).toEqual({ outcome: "created", outputs: { litres: 10 } });
    expect(shelf.calls).toEqual(["read", "create", "read", "close"]);
    expect(shelf.boxes.get("shoes")?.mark).toEqual({ managedBy: "prod", type: "box" });
  });

  test("writes nothing where nothing differs, and looks once", async () => {
    await apply();
    shelf.calls.length = 0;
    expect((await apply()).outcome).toBe("unchanged");
    expect(shelf.calls).toEqual(["read", "close"]);
  });

  test("brings in line what differs", async () => {
    putBox({ managedBy: "prod" }, 3);
    expect(await apply({ size: 5 })).toEqual({ outcome: "updated", outputs: { litres: 5 } });
  });

  test("refuses what bears no mark, and says how to adopt it", async () => {
    putBox(undefined);
    expect(await refusal(apply())).toBe(
      "[protocol.ownership.unmarked] Unable to update box shoes: it exists and bears no mark of a deployment.\n" +
        "Hint: If this deployment is to take it over, set `adopt = true` on this resource; else give it another name.",
    );
    expect(shelf.writes).toEqual([]);
  });

  test("refuses what another deployment manages, also with adopt, and names adoptFrom", async () => {
    putBox({ managedBy: "staging" });
    expect(await refusal(apply({ adopt: true }))).toContain('set `adoptFrom = "staging"`');
    expect(await refusal(apply({ adoptFrom: "testing" }))).toContain("the deployment staging manages it, not prod");
    expect(shelf.writes).toEqual([]);
  });

  test("adopts what it is told to, and remembers that it did not make it", async () => {
    putBox(undefined, 3);
    expect((await apply({ adopt: true, size: 5 })).outcome).toBe("adopted");
    expect(shelf.boxes.get("shoes")).toEqual({
      size: 5,
      colour: "red",
      mark: { managedBy: "prod", type: "box", adopted: true },
    });
  });

  test("takes over from another deployment what that one had made", async () => {
    putBox({ managedBy: "staging" });
    expect((await apply({ adoptFrom: "staging" })).outcome).toBe("adopted");
    expect(shelf.boxes.get("shoes")?.mark).toEqual({ managedBy: "prod", type: "box" });
  });

  test("a create that finds the thing made meanwhile looks again and goes on", async () => {
    shelf.before.create = () => putBox({ managedBy: "prod" }, 3);
    expect(await apply({ size: 5 })).toEqual({ outcome: "updated", outputs: { litres: 5 } });
  });

  test("a create that finds another's thing made meanwhile refuses", async () => {
    shelf.before.create = () => putBox({ managedBy: "staging" });
    expect(await refusal(apply())).toContain("protocol.ownership.foreign");
  });

  test("a failed look is never taken for a missing thing", async () => {
    shelf.before.read = () => {
      throw new Error("connection reset");
    };
    expect(await refusal(apply())).toMatch(/^\[protocol\.bug\] Unable to read box shoes: .*connection reset/);
    expect(shelf.writes).toEqual([]);
  });

  test("refuses an input that cannot change in place, by what is there", async () => {
    putBox({ managedBy: "prod" });
    expect(await refusal(apply({ colour: "blue" }))).toBe(
      '[protocol.immutable] Unable to update box shoes: `colour` cannot change in place from "red" to "blue".\n' +
        "Hint: Paint it, or make another box and destroy this one.",
    );
    shelf.boxes.set("shoes", { size: 1, colour: "green", mark: { managedBy: "prod", type: "box" } });
    expect(await refusal(apply({ colour: "blue" }))).toContain('from something else to "blue"');
    expect(shelf.writes).toEqual([]);
  });

  test("refuses another name on an update, since the old thing would stay behind", async () => {
    expect(await refusal(apply({ name: "boots" }, inputs()))).toContain(
      '`name` cannot change in place from "shoes" to "boots"',
    );
    expect(shelf.calls).toEqual([]);
  });

  test("refuses what its author refuses, in plan too, but not to destroy", async () => {
    putBox({ managedBy: "prod" }, 20);
    const prepared = await prepare({ ...boxOn(shelf), refuse: shrinking }, inputs(), "strict");
    expect(await refusal(converge(prepared, undefined))).toBe(
      "[box.small] Unable to update box shoes: a box does not shrink.\nHint: Make another one.",
    );
    expect(await plan(prepared, undefined)).toMatchObject({
      action: "refuse",
      reason: "a box does not shrink. Make another one",
    });
    expect(shelf.writes).toEqual([]);
    expect(await destroy(prepared)).toBe("deleted");
  });

  test("previous inputs of an older schema do not matter", async () => {
    expect((await apply({}, inputs({ wheels: 4, size: "large", colour: null }))).outcome).toBe("created");
  });

  test.each([
    ["an update that did nothing", "update", "the change of `size` did not take effect"],
    ["a thing that went away", "gone", "it is gone right after it was written"],
    ["a mark that was not written", "mark", "does not bear this deployment's mark"],
  ])("notices %s", async (_name, fault, message) => {
    const resource = boxOn(shelf);
    putBox({ managedBy: "prod" }, 3);
    const update = async () => {
      if (fault === "gone") shelf.boxes.delete("shoes");
      if (fault === "mark") putBox(undefined, 5);
    };
    const prepared = await prepare({ ...resource, update }, inputs({ size: 5 }), "strict");
    expect(await refusal(converge(prepared, undefined))).toContain(message);
  });

  test("outputs with an undeclared key or a _type are a bug, not an answer", async () => {
    const resource = boxOn(shelf);
    const read: typeof resource.read = async (client, want, previous) => {
      const seen = await resource.read(client, want, previous);
      return seen && { ...seen, outputs: { ...seen.outputs, extra: 1 } };
    };
    expect(await refusal(converge(await prepare({ ...resource, read }, inputs(), "strict"), undefined))).toContain(
      "protocol.bug",
    );
  });
});

describe("destroy", () => {
  test("removes what is ours; what is gone is no error", async () => {
    await apply();
    expect(await destroy(await task())).toBe("deleted");
    expect(shelf.boxes.size).toBe(0);
    expect(await destroy(await task())).toBe("deleted");
  });

  test.each([[undefined], [{ managedBy: "staging" }]])("leaves alone what is not ours: %o", async (mark) => {
    putBox(mark);
    expect(await refusal(destroy(await task({ adopt: true, adoptFrom: "staging" })))).toContain(
      "Unable to delete box shoes",
    );
    expect(shelf.writes).toEqual([]);
  });

  test("retain removes only the mark, and again is no error", async () => {
    await apply();
    expect(await destroy(await task({ deletion: "retain" }))).toBe("retained");
    expect(shelf.boxes.get("shoes")?.mark).toBeUndefined();
    expect(await destroy(await task({ deletion: "retain" }))).toBe("retained");
  });

  test("keeps what was adopted, unless told to delete it", async () => {
    putBox(undefined);
    await apply({ adopt: true });
    expect(await destroy(await task({ adopt: true }))).toBe("retained");
    await apply({ adopt: true });
    expect(await destroy(await task({ deletion: "delete" }))).toBe("deleted");
  });

  test("notices a delete that did nothing", async () => {
    await apply();
    const resource = { ...boxOn(shelf), delete: async () => undefined };
    expect(await refusal(destroy(await prepare(resource, inputs(), "strict")))).toContain("it is still there");
  });
});

describe("looking only", () => {
  test("plan tells create, update field by field, adopt, none and refuse, and writes nothing", async () => {
    expect(await plan(await task(), undefined)).toMatchObject({ action: "create", reason: null });
    putBox({ managedBy: "prod" }, 3);
    expect(await plan(await task({ size: 5 }), undefined)).toEqual({
      action: "update",
      differences: [{ field: "size", current: 3, wanted: 5 }],
      reason: null,
    });
    expect((await plan(await task({ size: 3 }), undefined)).action).toBe("none");
    expect(await plan(await task({ size: 3, colour: "blue" }), undefined)).toMatchObject({
      action: "refuse",
      reason: expect.stringContaining("Paint it"),
    });
    putBox(undefined);
    expect((await plan(await task({ adopt: true }), undefined)).action).toBe("adopt");
    expect((await plan(await task(), undefined)).action).toBe("refuse");
    expect(shelf.writes).toEqual([]);
  });

  test("inspect tells drift; what the user leaves to the backend never differs", async () => {
    putBox({ managedBy: "prod" }, 3);
    expect((await inspect(await task())).changed).toEqual([{ field: "size", current: 3, wanted: 10 }]);
  });

  test("list finds what bears the deployment's mark, and no other's", async () => {
    await apply();
    shelf.boxes.set("hats", { size: 1, colour: "red", mark: { managedBy: "staging", type: "box" } });
    const listing = await prepareList(boxOn(shelf), { connection: {}, managedBy: "prod" });
    expect(await list(listing)).toEqual([
      { label: "shoes", inputs: { name: "shoes" }, mark: { managedBy: "prod", type: "box" } },
    ]);
  });
});
