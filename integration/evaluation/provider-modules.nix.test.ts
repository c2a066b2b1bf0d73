import { globSync } from "node:fs";
import { join } from "node:path";
import { secretRef } from "@nixops4-resources/protocol-core";
import { inputSchema, nixLiteral, outputSchema } from "@nixops4-resources/protocol-core/generate";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { loadTypes, sampleOf } from "./provider-types.ts";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";

const types = await loadTypes();

await describeNix("Nix code", ({ parse, evaluate }) => {
  const files = globSync(["default.nix", "{nix,flake-free-npins,integration}/**/*.nix"], {
    cwd: repository,
    exclude: ["**/node_modules/**"],
  });
  test.each(files)("%s can be parsed", async (file) => {
    await expect(parse(join(repository, file))).resolves.toBeUndefined();
  });

  test("knows the same kinds of secret references as the providers", async () => {
    const kinds = `builtins.attrNames (import ${nixPath(join(repository, "nix/types.nix"))} { inherit lib; }).secretRef.functor.payload.tags`;
    const { $defs } = z.toJSONSchema(z.strictObject({ secret: secretRef }), { unrepresentable: "any" });
    const alternatives = $defs?.["SecretRef"]?.anyOf ?? [];
    expect(await evaluate(kinds)).toEqual(
      alternatives.flatMap(({ properties = {} }) => Object.keys(properties)).sort(),
    );
  });
});

await describeNix("the Nix module of", ({ evaluate }) => {
  describe.each(types)("$provider: $type", ({ provider, type, resource, example, secretPaths }) => {
    const schema = inputSchema(resource);
    const complete = {
      connection: sampleOf(z.toJSONSchema(resource.connection, { io: "input", unrepresentable: "any" })),
      managedBy: "shop",
      ...example,
    };

    /** The values that NixOps4 would receive for one member. `inputs` is a Nix expression. */
    const member = (inputs: string) => `
      ((resources.nixops4.lib.mkRoot {
        modules = [
          ({ providers, ... }: {
            providers.it = { imports = [ resources.modules.nixops4Provider.${nixLiteral(provider)} ]; executable = "/it"; };
            members.it = { type = providers.it.${nixLiteral(type)}; inputs = ${inputs}; };
          })
        ];
      }).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members.it.resource`;
    const changed = (path: string, value: string) =>
      `lib.recursiveUpdate ${nixJson(complete)} (lib.setAttrByPath ${nixJson(path.split("."))} ${value})`;

    test("sends the same inputs as the schema parses", async () => {
      expect(await evaluate(`(${member(nixJson(complete))}).inputs`)).toEqual(schema.parse(complete));
    });

    test("has the defaults of the schema", async () => {
      const required = new Set(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }).required);
      const given = Object.fromEntries(Object.entries(complete).filter(([name]) => required.has(name)));
      expect(await evaluate(`(${member(nixJson(given))}).inputs`)).toEqual(schema.parse(given));
    });

    test("declares the outputs that the schema has", async () => {
      const names = await evaluate(`builtins.attrNames (${member("{ }")}).outputsSkeleton`);
      expect(names).toEqual(Object.keys(outputSchema(resource).shape).sort());
    });

    test.each([
      ["an input that there is not", "nonsense", '"x"', /inputs\.nonsense' does not exist/],
      [
        "a setting of the connection that there is not",
        "connection.nonsense",
        '"x"',
        // In a choice of kinds it is one kind too many.
        /connection\.nonsense' does not exist|inputs\.connection' is not of type `attribute-tagged union/,
      ],
      [
        "a value that is no choice",
        "deletion",
        '"drop"',
        /inputs\.deletion' is not of type .*one of "delete", "retain"/,
      ],
    ])("refuses %s", async (_, path, value, message) => {
      await expect(evaluate(`(${member(changed(path, value))}).inputs`)).rejects.toThrow(message);
    });

    // Either would put a copy of the secret into the store.
    describe.each(secretPaths)("%s", (path) => {
      test.each(["file", '"${file}"'])("refuses the path literal %s", async (value) => {
        const file = nixPath(join(repository, "default.nix"));
        const inputs = `let file = ${file}; in ${changed(`${path}.file`, value)}`;
        const evaluated = evaluate(`(${member(`(${inputs})`)}).inputs`);
        const reason = "is not of type `absolute path outside the Nix store, as a string'";
        await expect(evaluated).rejects.toThrow(`inputs.${path}.file' ${reason}`);
      });
    });
  });
});
