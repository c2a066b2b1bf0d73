import { expect, expectTypeOf, test } from "vitest";
import * as z from "zod/mini";
import { parseStrictly } from "../converge/inputs.ts";
import { option } from "./option.ts";
import { tagged } from "./tagged.ts";

const made: string[] = [];
const note = <Type extends z.ZodMiniType>(name: string, type: Type): Type => {
  made.push(name);
  return type;
};
const place = tagged({
  folder: () => note("folder", option(z.string().check(z.minLength(1)), "Folder.")),
  pool: () =>
    note(
      "pool",
      option(
        z.strictObject({ name: option(z.string(), "Name."), sizeGib: option(z.int(), "Size in GiB.", 10) }),
        "Pool.",
      ),
    ),
});
const shape = z.strictObject({ at: option(z.nullable(place), "Where.", null) });

test("accepts exactly one key, and creates only the type of that key", () => {
  expect(shape.parse({ at: { pool: { name: "fast" } } })).toEqual({ at: { pool: { name: "fast", sizeGib: 10 } } });
  expect(made).toEqual(["pool"]);
  expect(shape.parse({})).toEqual({ at: null });
  expectTypeOf<z.output<typeof place>>().toEqualTypeOf<
    { folder: string } | { pool: { name: string; sizeGib: number } }
  >();
});

test.each([[{}], [{ folder: "/a", pool: { name: "b" } }], [{ fodler: "/a" }], ["/a"], [["/a"]]])(
  "rejects %o and names the keys",
  (wrong) => {
    const [issue] = shape.safeParse({ at: wrong }).error?.issues ?? [];
    expect(issue).toMatchObject({ path: ["at"], message: "an object with exactly one of `folder`, `pool`" });
  },
);

test("reports the path of a fault within the value", () => {
  const { error } = shape.safeParse({ at: { pool: { name: 1, size: 2 } } });
  expect(error?.issues.map(({ code, path }) => [code, path.join(".")])).toEqual([
    ["invalid_type", "at.pool.name"],
    ["unrecognized_keys", "at.pool"],
  ]);
});

test("is a union of objects in JSON Schema", () => {
  expect(z.toJSONSchema(place, { io: "input" }).anyOf).toMatchObject([
    { properties: { folder: { type: "string", description: "Folder." } }, required: ["folder"] },
    { properties: { pool: { type: "object", required: ["name"] } }, required: ["pool"] },
  ]);
});

test("suggests the right field for a misspelt one within a kind", async () => {
  await expect(parseStrictly(shape, { at: { pool: { name: "fast", sizeGb: 3 } } })).rejects.toMatchObject({
    message: "there is no input `at.pool.sizeGb`",
    hint: "Did you mean `at.pool.sizeGib`?",
  });
});
