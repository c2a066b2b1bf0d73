import { readFileSync } from "node:fs";
import { join } from "node:path";
import { exampleInputs, exampleOf } from "@nixops4-resources/protocol-core/generate";
import { describe, expect, test } from "vitest";
import { describe as describeProvider, providerNames } from "@nixops4-resources/integration-scripts/generate/describe";
import { describeNix, nixJson, nixPath, repository } from "@nixops4-resources/integration-nix/testing";
import { evaluateOperators } from "./compositions/operators.ts";

const descriptions = await Promise.all(providerNames(repository).map((name) => describeProvider(repository, name)));

await describeNix("the first deployment of README.md", ({ evaluate }) => {
  test("is evaluated as it stands there", async () => {
    const [, text = ""] = /```nix\n([\s\S]*?)```/.exec(readFileSync(join(repository, "README.md"), "utf8")) ?? [];
    const deployment = text
      .replace("./npins", nixPath(join(repository, "flake-free-npins/npins")))
      .replace("sources.nixops4-resources", nixPath(repository));
    const role = await evaluate(
      `((${deployment}).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members.shop_role.resource.inputs`,
    );
    expect(role).toMatchObject({ name: "shop", managedBy: "shop", connection: { host: "db.example.org" } });
  });
});

await describeNix("the block in the guide for", ({ nix }) => {
  test.each([
    ["mastodon", "alice.social.key"],
    ["peertube", "alice.video.key"],
    ["pixelfed", "alice.photos.key"],
  ])("%s has at most 15 lines, and declares the application", async (application, member) => {
    const page = readFileSync(join(repository, "docs/guides", `${application}.md`), "utf8");
    const [, block = ""] = /```nix\n([\s\S]*?)```/.exec(page) ?? [];
    expect(block).toMatch(new RegExp(`^${application}[.]`));
    expect(block.trimEnd().split("\n").length).toBeLessThanOrEqual(15);
    const { ready } = await evaluateOperators(nix(), { alice: `{ ${block} }` });
    expect(ready).toContain(member);
    expect(ready.filter((name) => name.startsWith(member.replace("key", "secrets."))).length).toBeGreaterThan(2);
  });
});

await describeNix("the documentation of", ({ evaluate }) => {
  describe.each(descriptions)("$provider.name", (description) => {
    test.each(Object.keys(description.resourceTypes))("%s has an example that Nix takes", async (type) => {
      const resource = description.resourceTypes[type];
      if (resource === undefined) throw new Error("there is no such type");
      const member = nixJson(`my_${type}`);
      const inputs = await evaluate(`
        ((resources.nixops4.lib.mkRoot {
          modules = [
            ({ providers, members, ... }: { ${exampleOf(description, type)} })
            { providers.\${${nixJson(description.provider.name)}}.executable = "/it"; }
          ];
        }).rootFunction { resourceProviderSystem = "x86_64-linux"; outputValues = { }; }).members.\${${member}}.resource.inputs`);
      expect(inputs).toMatchObject(exampleInputs(resource));
    });
  });
});
