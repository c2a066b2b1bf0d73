import { describe, expect, test } from "vitest";
import { explain } from "../serve/explain.ts";
import { boxOn, Shelf } from "../fixtures/box.ts";
import { withoutNulls } from "./inputs.ts";
import { prepare } from "./task.ts";
import type { Properties } from "../wire/wire.ts";

const box = boxOn(new Shelf());
const good = { connection: { room: "cellar" }, name: "shoes", managedBy: "prod" };
const read = (raw: Properties) => prepare(box, raw, "strict");
const refusal = (raw: Properties): Promise<string> =>
  read(raw).then(
    () => "no error",
    (error) => explain(error, "test"),
  );

describe("inputs", () => {
  test("get their defaults", async () => {
    const { want } = await read(good);
    expect(want).toEqual({
      ...good,
      size: 10,
      colour: "red",
      label: null,
      adopt: false,
      adoptFrom: null,
      deletion: null,
      timeoutSeconds: 300,
    });
  });

  test("treat null as absent, at every depth", async () => {
    expect((await read({ ...good, size: null, connection: { room: null } })).want).toMatchObject({
      size: 10,
      connection: { room: "attic" },
    });
    expect(withoutNulls({ a: null, b: [{ c: null, d: 1 }, null] })).toEqual({ b: [{ d: 1 }, null] });
  });

  test("reject an unknown name and suggest the nearest one", async () => {
    expect(await refusal({ ...good, szie: 3 })).toBe(
      "[protocol.inputs.invalid] Unable to read inputs of box shoes: there is no input `szie`.\nHint: Did you mean `size`?",
    );
    expect(await refusal({ ...good, connection: { rom: "x" } })).toContain(
      "`connection.rom`.\nHint: Did you mean `connection.room`?",
    );
    expect(await refusal({ ...good, zebra: 1 })).toContain("Hint: The inputs are connection, name, size, ");
  });

  test("reject an unsupported name with its explanation", async () => {
    const unsupported = { height: { reason: "a box has one size", hint: "Set `size`" } };
    const raw = { ...good, height: 3, heigth: 4 };
    await expect(prepare({ ...box, unsupported }, raw, "strict")).rejects.toMatchObject({
      cause: {
        message: "there is no input `height`, there is no input `heigth`: a box has one size",
        hint: "Set `size`",
      },
    });
    const { want } = await prepare({ ...box, unsupported }, raw, "remembered");
    expect(want).not.toHaveProperty("height");
  });

  test.each([
    [{ size: "many" }, '`size` must be an integer, got "many"'],
    [{ size: 0 }, "`size` must be >= 1, got 0"],
    [{ colour: "green" }, '`colour` must be one of "red", "blue", got "green"'],
    [{ name: "Shoes 1" }, '`name` must be of the form /^[a-z]+$/, got "Shoes 1"'],
    [{ managedBy: null }, "`managedBy` is missing"],
    [{ adopt: "yes" }, '`adopt` must be a boolean, got "yes"'],
  ])("reject %o with a reason", async (wrong, words) => {
    expect(await refusal({ ...good, ...wrong })).toContain(words);
  });

  test.each([2 ** 63 - 1, -(2 ** 63)])("report only the bound of the input for %d", async (timeoutSeconds) => {
    const error = await refusal({ ...good, timeoutSeconds });
    expect(error).toContain(timeoutSeconds > 0 ? "`timeoutSeconds` must be <= 86400" : "`timeoutSeconds` must be >= 1");
    expect(error.split("must be")).toHaveLength(2);
  });

  test("accept remembered inputs of another schema", async () => {
    const { want } = await prepare(box, { ...good, wheels: 4, size: "large" }, "remembered");
    expect(want).toMatchObject({ name: "shoes", size: 10 });
    await expect(prepare(box, { connection: {}, managedBy: "prod" }, "remembered")).rejects.toThrow(
      "Unable to read inputs of box",
    );
  });
});
