import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ProviderDescription } from "@nixops4-resources/protocol-core";
import {
  exampleInputs,
  generateDocs,
  generateErrorDocs,
  generateNix,
  generateOutcomeDocs,
} from "@nixops4-resources/protocol-core/generate";
import { fromJSONSchema, prettifyError } from "zod";
import { driverErrors } from "@nixops4-resources/integration-driver/errors";
import { docsPages } from "@nixops4-resources/protocol-opentofu/docs";
import { openTofuErrors } from "@nixops4-resources/protocol-opentofu/errors";
import { compileProtos } from "@nixops4-resources/protocol-opentofu/protos";
import { providerSchema } from "@nixops4-resources/protocol-opentofu/schema";

/** Every generated file by its path from the root, with its text. */
export function generatedFiles(root: string, descriptions: readonly ProviderDescription[]): Map<string, string> {
  const files = new Map<string, string>();
  for (const description of descriptions) {
    const { name } = description.provider;
    checkExamples(description);
    files.set(`nix/providers/${name}/generated.nix`, generateNix(description));
    files.set(`docs/providers/${name}.md`, generateDocs(description));
    if (description.opentofu) for (const [file, text] of openTofuPages(description)) files.set(file, text);
  }
  files.set(
    "docs/errors.md",
    generateErrorDocs([...descriptions.map(({ errors }) => errors), driverErrors, openTofuErrors]),
  );
  files.set("protocol/opentofu/src/protos/generated.json", compileProtos());
  files.set("docs/outcomes.md", generateOutcomeDocs());
  files.set("README.md", withProviders(readFileSync(join(root, "README.md"), "utf8"), descriptions));
  return files;
}

/** The pages of a provider for OpenTofu, by their paths from the root. */
function openTofuPages(description: ProviderDescription): [string, string][] {
  const provider = providerSchema(description);
  const examples = Object.entries(description.resourceTypes).map(([type, resource]) => [type, exampleInputs(resource)]);
  const pages = docsPages(provider, Object.fromEntries(examples));
  return [...pages].map(([file, text]) => [`docs/opentofu/${provider.name}/${file}`, text]);
}

const begin = "<!-- providers, written by `npm run generate` -->\n";
const end = "<!-- end of providers -->\n";

/** README.md with the list of providers and their types between its two marks. */
function withProviders(readme: string, descriptions: readonly ProviderDescription[]): string {
  const [before, after] = [readme.indexOf(begin), readme.indexOf(end)];
  if (before === -1 || after === -1) throw new Error(`README.md must contain the lines ${begin}and ${end}`);
  const lines = descriptions.map(({ provider, resourceTypes }) => {
    const types = Object.keys(resourceTypes).map((type) => `[\`${type}\`](docs/providers/${provider.name}.md#${type})`);
    return `- [${provider.title}](docs/providers/${provider.name}.md): ${types.join(", ")}. ${provider.description}\n`;
  });
  return `${readme.slice(0, before)}${begin}\n${lines.join("")}\n${readme.slice(after)}`;
}

/** Generated files whose provider was removed. */
export function leftBehind(root: string, files: ReadonlyMap<string, string>): string[] {
  const patterns = ["nix/providers/*/generated.nix", "docs/providers/*.md", "docs/opentofu/*/**/*.md"];
  return globSync(patterns, { cwd: root })
    .filter((file) => !files.has(file))
    .sort();
}

/** The documentation shows an example of each type, which must pass the type's own checks. */
function checkExamples({ provider, resourceTypes }: ProviderDescription): void {
  for (const [type, resource] of Object.entries(resourceTypes)) {
    const result = fromJSONSchema(resource.inputs).safeParse(exampleInputs(resource));
    if (result.success) continue;
    throw new Error(
      `The example of ${type} of ${provider.name} does not fit its inputs:\n${prettifyError(result.error)}`,
    );
  }
}
