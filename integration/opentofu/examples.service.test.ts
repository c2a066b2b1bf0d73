import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openTofuMissing } from "@nixops4-resources/integration-servers/opentofu/program";
import { Project } from "@nixops4-resources/protocol-opentofu/project";
import { expect, test } from "vitest";
import { mirrorSettings } from "./page.ts";

const docs = join(import.meta.dirname, "../../docs/opentofu");
const providers = globSync("*", { cwd: docs }).sort();

test.for(providers)("the engine accepts the schema and all examples of %s", async (provider, context) => {
  const missing = openTofuMissing();
  if (missing !== undefined) context.skip(missing);
  using project = new Project({ settings: mirrorSettings() });
  for (const page of globSync("**/*.md", { cwd: join(docs, provider) })) {
    const [, example = ""] = /```terraform\n([\s\S]*?)```/.exec(readFileSync(join(docs, provider, page), "utf8")) ?? [];
    project.write(`${page.replaceAll("/", "-")}.tf`, example);
  }
  for (const command of ["init", "validate"]) {
    const { status, output } = await project.run(command);
    expect(status, output).toBe(0);
  }
});
