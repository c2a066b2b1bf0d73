import type { ProviderDescription, TypeDescription } from "../serve/describe.ts";
import { indent, nixName, nixSet, nixString } from "./nix-text.ts";
import { nixMembers, nixOptions, type JsonSchema } from "./nix-type.ts";

type DescribedType = Pick<TypeDescription, "description" | "requireState" | "inputs" | "outputs">;

/** The part of a provider's answer to `describeProviderRequest` that the generator needs. */
export interface DescribedProvider {
  readonly provider: Pick<ProviderDescription["provider"], "name" | "title" | "description">;
  readonly resourceTypes: Readonly<Record<string, DescribedType>>;
}

/**
 * The text of `nix/providers/<name>/generated.nix`: a NixOps4 provider module without its executable. Throws if a schema
 * does not describe an option completely. The error names the path of the field.
 */
export function generateNix({ provider, resourceTypes }: DescribedProvider): string {
  const inputs = Object.entries(resourceTypes).map(([type, resource]) =>
    optionsOf(resource.inputs, `${type}.inputs`, "input"),
  );
  const common = sharedByAll(inputs);
  const types = Object.entries(resourceTypes).map(([type, resource], index) => {
    const own = new Map([...(inputs[index] ?? [])].filter(([name]) => !common.has(name)));
    return `${nixName(type)} = ${nixResource(resource, own, common.size > 0, type)};`;
  });
  const lets = [
    "inherit (lib) mkOption types;",
    "suiteTypes = import ../../types.nix { inherit lib; };",
    ...(common.size > 0 ? ["# Inputs of all types.", `common = ${nixSet(nixMembers(common))};`] : []),
  ];
  return [
    `# Written by \`npm run generate\` from the schemas of the provider ${provider.name}; do not edit.`,
    "{ lib, ... }:",
    "let",
    indent(lets.join("\n")),
    "in",
    nixSet([
      `name = ${nixString(provider.title)};`,
      `description = ${nixString(provider.description)};`,
      `resourceTypes = ${nixSet(types)};`,
    ]),
    "",
  ].join("\n");
}

function nixResource(
  { description, requireState, outputs }: DescribedType,
  own: ReadonlyMap<string, string>,
  hasCommon: boolean,
  type: string,
): string {
  return nixSet([
    `description = ${nixString(description)};`,
    `requireState = ${requireState};`,
    `inputs.options = ${hasCommon ? "common // " : ""}${nixSet(nixMembers(own))};`,
    `outputs.options = ${nixSet(nixMembers(optionsOf(outputs, `${type}.outputs`, "output")))};`,
  ]);
}

function optionsOf(schema: JsonSchema, path: string, direction: "input" | "output"): Map<string, string> {
  return nixOptions(schema, { path, definitions: schema.$defs ?? {}, within: [], direction });
}

/** The options that all types declare identically; they are written once. */
function sharedByAll([first, ...others]: readonly ReadonlyMap<string, string>[]): Map<string, string> {
  if (first === undefined || others.length === 0) return new Map();
  return new Map([...first].filter(([name, text]) => others.every((options) => options.get(name) === text)));
}
