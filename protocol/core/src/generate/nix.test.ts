import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { option } from "../resource/option.ts";
import type { Shape } from "../resource/resource.ts";
import { directSecretRef, runtimePath, secretRef } from "../secrets/ref.ts";
import "../secrets/ref-schema.ts";
import { generateNix, type DescribedProvider } from "./nix.ts";

describe("generateNix", () => {
  test("writes equal provider modules for equal schemas", () => {
    const connection = option(z.strictObject({ host: option(z.string(), "Server.", "localhost") }), "Where it is.", {});
    const database = { connection, name: option(z.string(), 'Name, such as "shop".') };
    const role = { connection, connectionLimit: option(z.int().check(z.minimum(-1)), "How many at once.", -1) };
    const described = describedWith({ database, role }, { oid: option(z.int(), "Number that the server gave it.") });

    expect(generateNix(described)).toBe(generateNix(structuredClone(described)));
    expect(generateNix(described)).toMatchInlineSnapshot(`
      "# Written by \`npm run generate\` from the schemas of the provider sql; do not edit.
      { lib, ... }:
      let
        inherit (lib) mkOption types;
        suiteTypes = import ../../types.nix { inherit lib; };
        # Inputs of all types.
        common = {
          connection = mkOption {
            type = types.submodule {
              options = {
                host = mkOption {
                  type = types.str;
                  default = "localhost";
                  description = "Server.";
                };
              };
            };
            default = { };
            description = "Where it is.";
          };
        };
      in
      {
        name = "SQL";
        description = "Things in a database.";
        resourceTypes = {
          database = {
            description = "A database.";
            requireState = false;
            inputs.options = common // {
              name = mkOption {
                type = types.str;
                description = "Name, such as \\"shop\\".";
              };
            };
            outputs.options = {
              oid = mkOption {
                type = types.int;
                description = "Number that the server gave it.";
              };
            };
          };
          role = {
            description = "A role.";
            requireState = false;
            inputs.options = common // {
              connectionLimit = mkOption {
                type = suiteTypes.intAtLeast (-1);
                default = (-1);
                description = "How many at once.";
              };
            };
            outputs.options = {
              oid = mkOption {
                type = types.int;
                description = "Number that the server gave it.";
              };
            };
          };
        };
      }
      "
    `);
  });

  test.each([
    [z.nullable(z.string()), "types.nullOr types.str"],
    [z.nullable(z.string().check(z.minLength(1))), "types.nullOr types.nonEmptyStr"],
    [z.int().check(z.minimum(0), z.maximum(65_535)), "types.port"],
    [z.int().check(z.minimum(1), z.maximum(65_535)), "types.ints.between 1 65535"],
    [z.int().check(z.positive()), "types.ints.positive"],
    [z.int().check(z.nonnegative()), "types.ints.unsigned"],
    [z.int().check(z.maximum(-2)), "suiteTypes.intAtMost (-2)"],
    [z.int(), "types.int"],
    [z.enum(["disable", "verify-full"]), 'types.enum [ "disable" "verify-full" ]'],
    [z.record(z.string(), z.array(z.boolean())), "types.attrsOf (types.listOf types.bool)"],
    [z.array(z.number()).check(z.minLength(1)), "types.nonEmptyListOf types.number"],
    [z.union([z.int(), z.string()]), "types.oneOf [ types.int types.str ]"],
    [z.unknown(), "suiteTypes.json"],
    [secretRef, "suiteTypes.secretRef"],
    [directSecretRef, "suiteTypes.directSecretRef"],
    [z.nullable(secretRef), "types.nullOr suiteTypes.secretRef"],
    [z.array(runtimePath), "types.listOf suiteTypes.runtimePath"],
  ])("maps schema %# to the Nix type %s", (schema, type) => {
    expect(generateNix(describedWith({ t: { x: option(schema, "X.") } }))).toContain(`type = ${type};`);
  });

  test("leaves the check to the provider if Nix cannot express the pattern", () => {
    expect(typeOf(/^[a-z0-9-]{1,63}$/)).toBe('types.strMatching "[a-z0-9-]{1,63}"');
    expect(typeOf(/^\/(dev|run)\/[a-z]+(\.[a-z]+)?$/)).toBe('types.strMatching "/(dev|run)/[a-z]+(\\\\.[a-z]+)?"');
    // Unanchored patterns, classes and groups that POSIX does not support, and parts that match bytes there.
    for (const pattern of [/a/, /^a|b$/, /^\d+$/, /^(?:a)$/, /^a+?$/, /^.{1,63}$/, /^[^/]{1,63}$/, /^[\w-]+$/])
      expect(typeOf(pattern)).toBe("types.str");
  });

  test("makes an object optional if all its fields are optional", () => {
    const tls = z.strictObject({ verify: option(z.boolean(), "Whether to check the certificate.", true) });
    expect(generateNix(describedWith({ t: { tls: option(tls, "TLS.") } }))).toContain("default = { };");
  });

  test.each<[string, Shape, string]>([
    ["a field without description", { x: z.string() }, "t.inputs.x has no description"],
    ["an optional field without default", { x: option(z.optional(z.string()), "X.") }, "t.inputs.x is optional"],
    ["one deep inside", { a: option(z.array(z.strictObject({ x: z.string() })), "A.") }, "t.inputs.a[].x has no desc"],
    [
      "a reserved name",
      { _type: option(z.string(), "X.") },
      "t.inputs._type has a name that the Nix module system reserves",
    ],
    ["a tuple", { x: option(z.tuple([z.string()]), "X.") }, "t.inputs.x is a tuple"],
    [
      "objects that Nix cannot distinguish",
      {
        x: option(
          z.union([z.strictObject({ a: z.string(), b: z.string() }), z.strictObject({ c: option(z.string(), "C.") })]),
          "X.",
        ),
      },
      "t.inputs.x",
    ],
  ])("rejects %s", (_, inputs, message) => {
    expect(() => generateNix(describedWith({ t: inputs }))).toThrow(message);
  });

  test("rejects optional outputs, and the key _type, which Nix would drop", () => {
    const absent = { x: option(z.optional(z.string()), "X.") };
    expect(() => generateNix(describedWith({ t: {} }, absent))).toThrow("t.outputs.x is optional");
    const nested = { x: option(z.strictObject({ _type: option(z.string(), "T.") }), "X.") };
    expect(() => generateNix(describedWith({ t: {} }, nested))).toThrow("t.outputs.x._type");
  });
});

/** The Nix type of a string with this pattern. */
function typeOf(pattern: RegExp): string | undefined {
  const text = generateNix(describedWith({ t: { x: option(z.string().check(z.regex(pattern)), "X.") } }));
  return /type = (.*);/.exec(text)?.[1];
}

/** A provider with these resource types, described as `describeProvider` does. */
function describedWith(types: Record<string, Shape>, outputs: Shape = {}): DescribedProvider {
  return {
    provider: { name: "sql", title: "SQL", description: "Things in a database." },
    resourceTypes: Object.fromEntries(
      Object.entries(types).map(([type, inputs]) => [
        type,
        {
          description: `A ${type}.`,
          requireState: false,
          inputs: z.toJSONSchema(z.strictObject(inputs), { io: "input", unrepresentable: "any" }),
          outputs: z.toJSONSchema(z.strictObject(outputs), { io: "output", unrepresentable: "any" }),
        },
      ]),
    ),
  };
}
