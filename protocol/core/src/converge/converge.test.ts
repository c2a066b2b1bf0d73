import { beforeEach, describe, expect, test } from "vitest";
import { converge } from "./converge.ts";
import { destroy, planDestroy } from "./destroy.ts";
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
    ? new ProviderError("a box does not shrink", { code: "box.small", hint: "Create another box" })
    : undefined;
/** The error text that a user gets. */
const refusal = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "no error",
    (error) => explain(error, "test"),
  );

describe("converge", () => {
  test("creates a missing object with its mark, and reads it back", async () => {
    expect(await apply()).toEqual({ outcome: "created", outputs: { litres: 10 } });
    expect(shelf.calls).toEqual(["read", "create", "read", "close"]);
    expect(shelf.boxes.get("shoes")?.mark).toEqual({ managedBy: "prod", type: "box" });
  });

  test("writes nothing if nothing differs, and reads once", async () => {
    await apply();
    shelf.calls.length = 0;
    expect((await apply()).outcome).toBe("unchanged");
    expect(shelf.calls).toEqual(["read", "close"]);
  });

  test("updates the fields that differ", async () => {
    putBox({ managedBy: "prod" }, 3);
    expect(await apply({ size: 5 })).toEqual({ outcome: "updated", outputs: { litres: 5 } });
  });

  test("refuses an unmarked object, and suggests `adopt`", async () => {
    putBox(undefined);
    expect(await refusal(apply())).toBe(
      "[protocol.ownership.unmarked] Unable to update box shoes: it exists and carries no mark of a deployment.\n" +
        "Hint: Set `adopt = true` on this resource to take it over, or give the resource another name.",
    );
    expect(shelf.writes).toEqual([]);
  });

  test("refuses the object of another deployment, even with `adopt`, and suggests `adoptFrom`", async () => {
    putBox({ managedBy: "staging" });
    expect(await refusal(apply({ adopt: true }))).toContain('Set `adoptFrom = "staging"`');
    expect(await refusal(apply({ adoptFrom: "testing" }))).toContain("the deployment staging manages it, not prod");
    expect(shelf.writes).toEqual([]);
  });

  test("adds the type's own hint about restored backups to that of `adoptFrom`", async () => {
    putBox({ managedBy: "staging" });
    const box = { ...boxOn(shelf), hintOfRestore: (_: unknown, from: string) => `Or unpack all of ${from}` };
    const given = await prepare(box, inputs(), "strict");
    expect(await refusal(converge(given, undefined))).toMatch(
      /\nHint: Set `adoptFrom = "staging"` .* another name\. Or unpack all of staging\.$/,
    );
  });

  test("adopts an unmarked object, and records that in the mark", async () => {
    putBox(undefined, 3);
    expect((await apply({ adopt: true, size: 5 })).outcome).toBe("adopted");
    expect(shelf.boxes.get("shoes")).toEqual({
      size: 5,
      colour: "red",
      mark: { managedBy: "prod", type: "box", adopted: true },
    });
  });

  test("adopts the object of another deployment with `adoptFrom`", async () => {
    putBox({ managedBy: "staging" });
    expect((await apply({ adoptFrom: "staging" })).outcome).toBe("adopted");
    expect(shelf.boxes.get("shoes")?.mark).toEqual({ managedBy: "prod", type: "box", adopted: true });
  });

  test("reads again and updates if another process created the object meanwhile", async () => {
    shelf.before.create = () => putBox({ managedBy: "prod" }, 3);
    expect(await apply({ size: 5 })).toEqual({ outcome: "updated", outputs: { litres: 5 } });
  });

  test("refuses if another deployment created the object meanwhile", async () => {
    shelf.before.create = () => putBox({ managedBy: "staging" });
    expect(await refusal(apply())).toContain("protocol.ownership.foreign");
  });

  test("does not treat a failed read as a missing object", async () => {
    shelf.before.read = () => {
      throw new Error("connection reset");
    };
    expect(await refusal(apply())).toMatch(/^\[protocol\.bug\] Unable to read box shoes: .*connection reset/);
    expect(shelf.writes).toEqual([]);
  });

  test("refuses a changed immutable input, compared with the existing object", async () => {
    putBox({ managedBy: "prod" });
    expect(await refusal(apply({ colour: "blue" }))).toBe(
      '[protocol.immutable] Unable to update box shoes: `colour` cannot change in place from "red" to "blue".\n' +
        "Hint: Paint it, or create another box and destroy this one.",
    );
    shelf.boxes.set("shoes", { size: 1, colour: "green", mark: { managedBy: "prod", type: "box" } });
    expect(await refusal(apply({ colour: "blue" }))).toContain('from another value to "blue"');
    expect(shelf.writes).toEqual([]);
  });

  test("refuses another name in an update, since the old object would remain", async () => {
    expect(await refusal(apply({ name: "boots" }, inputs()))).toContain(
      '`name` cannot change in place from "shoes" to "boots"',
    );
    expect(shelf.calls).toEqual([]);
  });

  test("refuses inputs that the type's `refuse` rejects, also in a plan, but still destroys the object", async () => {
    putBox({ managedBy: "prod" }, 20);
    const prepared = await prepare({ ...boxOn(shelf), refuse: shrinking }, inputs(), "strict");
    expect(await refusal(converge(prepared, undefined))).toBe(
      "[box.small] Unable to update box shoes: a box does not shrink.\nHint: Create another box.",
    );
    expect(await plan(prepared, undefined)).toMatchObject({
      action: "refuse",
      reason: "a box does not shrink. Create another box",
    });
    expect(shelf.writes).toEqual([]);
    expect(await destroy(prepared)).toBe("deleted");
  });

  test("ignores previous inputs of an older schema", async () => {
    expect((await apply({}, inputs({ wheels: 4, size: "large", colour: null }))).outcome).toBe("created");
  });

  test.each([
    ["an update without effect", "update", "the change of `size` had no effect"],
    ["an object that disappeared", "gone", "it no longer exists right after it was written"],
    ["a mark that was not written", "mark", "does not carry this deployment's mark"],
  ])("detects %s", async (_name, fault, message) => {
    const resource = boxOn(shelf);
    putBox({ managedBy: "prod" }, 3);
    const update = async () => {
      if (fault === "gone") shelf.boxes.delete("shoes");
      if (fault === "mark") putBox(undefined, 5);
    };
    const prepared = await prepare({ ...resource, update }, inputs({ size: 5 }), "strict");
    expect(await refusal(converge(prepared, undefined))).toContain(message);
  });

  test("reports undeclared outputs as a bug", async () => {
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
  test("deletes an object that carries our mark", async () => {
    await apply();
    expect(await destroy(await task())).toBe("deleted");
    expect(shelf.boxes.size).toBe(0);
  });

  test.each([[{}], [{ deletion: "retain" }]])("is unchanged if the object does not exist: %o", async (more) => {
    expect(await destroy(await task(more))).toBe("unchanged");
    expect(shelf.writes).toEqual([]);
  });

  test.each([
    [true, "deleted"],
    [false, "unchanged"],
  ])("removes the unfinished object of a killed create, if one exists: %s", async (found, outcome) => {
    const resource = { ...boxOn(shelf), removeUnfinished: async () => found };
    expect(await destroy(await prepare(resource, inputs(), "strict"))).toBe(outcome);
  });

  test.each([
    [undefined, {}],
    [undefined, { adopt: true, deletion: "delete" }],
    [{ managedBy: "staging" }, { adopt: true, adoptFrom: "staging" }],
  ])("refuses to delete an object that does not carry our mark: %o, destroyed with %o", async (mark, more) => {
    putBox(mark);
    expect(await refusal(destroy(await task(more)))).toContain("Unable to delete box shoes");
    expect(shelf.writes).toEqual([]);
  });

  test("removes only the mark if `deletion` is `retain`, and succeeds again", async () => {
    await apply();
    expect(await destroy(await task({ deletion: "retain" }))).toBe("retained");
    expect(shelf.boxes.get("shoes")?.mark).toBeUndefined();
    expect(await destroy(await task({ deletion: "retain" }))).toBe("retained");
  });

  test("retains an adopted object unless `deletion` is `delete`", async () => {
    putBox(undefined);
    await apply({ adopt: true });
    expect(await destroy(await task({ adopt: true }))).toBe("retained");
    // The same request again finds no mark any more.
    expect(await destroy(await task({ adopt: true }))).toBe("retained");
    await apply({ adopt: true });
    expect(await destroy(await task({ deletion: "delete" }))).toBe("deleted");
  });

  test("retains every object of a type that is retained by default, unless `deletion` is `delete`", async () => {
    const destroyBox = async (more: Properties) =>
      destroy(await prepare({ ...boxOn(shelf), retainedByDefault: true }, inputs(more), "strict"));
    await apply();
    expect(await destroyBox({})).toBe("retained");
    expect(shelf.boxes.get("shoes")?.mark).toBeUndefined();
    await apply({ adopt: true });
    expect(await destroyBox({ deletion: "delete" })).toBe("deleted");
  });

  test("detects a delete without effect", async () => {
    await apply();
    const resource = { ...boxOn(shelf), delete: async () => undefined };
    expect(await refusal(destroy(await prepare(resource, inputs(), "strict")))).toContain("it still exists");
  });
});

const planned = async (more: Properties = {}) => planDestroy(await task(more));

describe("requests that only read", () => {
  test("planDestroy predicts delete, none, retain and refuse, and writes nothing", async () => {
    expect(await planned()).toEqual({ action: "none", reason: null });
    putBox({ managedBy: "prod" });
    expect(await planned()).toEqual({ action: "delete", reason: null });
    expect(await planned({ deletion: "retain" })).toEqual({ action: "retain", reason: "`deletion` is `retain`" });
    putBox({ managedBy: "prod", adopted: true });
    expect(await planned()).toEqual({ action: "retain", reason: "it was adopted" });
    expect(await planned({ deletion: "delete" })).toEqual({ action: "delete", reason: null });
    putBox({ managedBy: "staging" });
    expect(await planned()).toEqual({
      action: "refuse",
      reason: "the deployment staging manages it, not prod. Destroy it from the deployment staging",
    });
    expect(shelf.writes).toEqual([]);
  });

  test("planDestroy reports what else a delete would change, and only then asks the type", async () => {
    const giving = { planDelete: async () => "would give 2 shoes to staging" };
    const foreseen = async (more: Properties = {}) =>
      planDestroy(await prepare({ ...boxOn(shelf), ...giving }, inputs(more), "strict"));
    expect(await foreseen()).toEqual({ action: "none", reason: null });
    putBox({ managedBy: "prod" });
    expect(await foreseen()).toEqual({ action: "delete", reason: "would give 2 shoes to staging" });
    expect(await foreseen({ deletion: "retain" })).toEqual({ action: "retain", reason: "`deletion` is `retain`" });
  });

  test("plan predicts create, update by field, adopt, none and refuse, and writes nothing", async () => {
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

  test("inspect reports drift, but no difference for an input that is null", async () => {
    putBox({ managedBy: "prod" }, 3);
    expect((await inspect(await task())).changed).toEqual([{ field: "size", current: 3, wanted: 10 }]);
  });

  test("list finds the objects with the deployment's mark, and no others", async () => {
    await apply();
    shelf.boxes.set("hats", { size: 1, colour: "red", mark: { managedBy: "staging", type: "box" } });
    const listing = await prepareList(boxOn(shelf), { connection: {}, managedBy: "prod" });
    expect(await list(listing)).toEqual([
      { label: "shoes", inputs: { name: "shoes" }, mark: { managedBy: "prod", type: "box" } },
    ]);
  });
});

/** Lets another deployment act just before the first call of a verb. */
function overtakeAt(verb: "update" | "setMark" | "delete", act: () => void): void {
  shelf.before[verb] = () => {
    shelf.before = {};
    act();
  };
}

describe("a mark that changes between look and write", () => {
  test("refuses the update of an object that another deployment has taken over", async () => {
    putBox({ managedBy: "prod" }, 3);
    overtakeAt("update", () => putBox({ managedBy: "staging", adopted: true }, 3));
    expect(await refusal(apply({ size: 5 }))).toContain("[protocol.ownership.foreign] Unable to update box shoes");
    expect(shelf.boxes.get("shoes")).toMatchObject({ size: 3, mark: { managedBy: "staging" } });
  });

  test("lets only one of two adoptions succeed", async () => {
    putBox(undefined);
    overtakeAt("setMark", () => putBox({ managedBy: "staging", adopted: true }));
    expect(await refusal(apply({ adopt: true }))).toContain("the deployment staging manages it, not prod");
    expect(shelf.boxes.get("shoes")?.mark?.managedBy).toBe("staging");
  });

  test("creates the object if it was destroyed before it could be adopted", async () => {
    putBox({ managedBy: "staging" });
    overtakeAt("setMark", () => void shelf.boxes.delete("shoes"));
    expect((await apply({ adoptFrom: "staging" })).outcome).toBe("created");
  });

  test("does not delete an object that another deployment has taken over", async () => {
    putBox({ managedBy: "prod" });
    overtakeAt("delete", () => putBox({ managedBy: "staging", adopted: true }));
    expect(await refusal(task().then(destroy))).toContain("[protocol.ownership.foreign] Unable to delete box shoes");
    expect(shelf.boxes.get("shoes")?.mark?.managedBy).toBe("staging");
  });

  test("counts as deleted if another deployment has created its own object since", async () => {
    putBox({ managedBy: "prod" });
    let looked = false;
    shelf.before.read = () => {
      if (looked) putBox({ managedBy: "staging" });
      looked = true;
    };
    expect(await destroy(await task())).toBe("deleted");
  });

  test("fails after five looks in a row", async () => {
    putBox({ managedBy: "prod" }, 3);
    let revision = 0;
    shelf.before.update = () => {
      revision++;
      shelf.boxes.set("shoes", {
        size: 3,
        colour: "red",
        mark: { managedBy: "prod", type: "box", more: { revision } },
      });
    };
    expect(await refusal(apply({ size: 5 }))).toContain(
      "[protocol.unsettled] Unable to settle box shoes: its mark changed between look and write, 5 times in a row.",
    );
  });
});

test("destroying keeps an object that was taken over from another deployment", async () => {
  putBox({ managedBy: "staging" });
  expect((await apply({ adoptFrom: "staging" })).outcome).toBe("adopted");
  expect(await destroy(await task())).toBe("retained");
  expect(shelf.boxes.get("shoes")?.mark).toBeUndefined();
});
