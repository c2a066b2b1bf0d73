import { commonInputs } from "../resource/common-inputs.ts";
import type { ProviderDescription, TypeDescription } from "../serve/describe.ts";
import { errorsPart } from "./docs-errors.ts";
import { exampleOf } from "./docs-example.ts";
import { optionTables, type Choice, type OptionRow, type Options } from "./docs-options.ts";
import { inspectPart, secretsPart } from "./docs-prose.ts";
import { resolve } from "./docs-type.ts";
import { blocks, code, fenced, list, sentence, table } from "./markdown.ts";

/** The text of `docs/providers/<name>.md`. Throws if the provider has no types or a field has no description. */
export function generateDocs(description: ProviderDescription): string {
  const { provider, resourceTypes } = description;
  const types = Object.entries(resourceTypes);
  const [first] = types;
  if (first === undefined) throw new Error(`Unable to document ${provider.name}: it has no resource types.`);
  return blocks(
    `<!-- Written by \`npm run generate\` from the schemas of the provider ${provider.name}; do not edit. -->`,
    `# ${provider.title}`,
    sentence(provider.description),
    table(
      ["resource type", "description"],
      types.map(([type, { description: text }]) => [`[${code(type)}](#${type})`, sentence(text)]),
    ),
    "In the examples, `resources` is this suite as [flake-free-npins/nixops4.nix](../../flake-free-npins/nixops4.nix) imports it.",
    connectionPart(description, first[1]),
    ...types.flatMap(([type]) => typePart(description, type)),
    commonPart(first[1]),
    usesSecrets(types.map(([, type]) => type)) ? secretsPart() : undefined,
    inspectPart(description),
    errorsPart(description),
  ).concat("\n");
}

function connectionPart({ provider }: ProviderDescription, { inputs }: TypeDescription): string {
  const connection = resolve(inputs.properties?.["connection"], inputs.$defs ?? {});
  return blocks(
    "## connection",
    `${sentence(connection.description ?? "")} Set it once for all resources in ${code(`providers.${provider.name}.connection`)}. A resource can override it in its ${code("inputs.connection")}.`,
    inputTables(optionTables(connection, inputs.$defs, "connection.")),
  );
}

function typePart(description: ProviderDescription, type: string): string[] {
  const resource = description.resourceTypes[type];
  if (resource === undefined) return [];
  const all = optionTables(resource.inputs);
  const own = { rows: all.rows.filter(isOwn), choices: all.choices.filter(isOwn) };
  const immutable = [...Map.groupBy(Object.entries(resource.immutable), ([, whyAndHow]) => whyAndHow)].map(
    ([whyAndHow, inputs]) => `${inputs.map(([name]) => code(name)).join(", ")}: ${sentence(whyAndHow)}`,
  );
  return [
    `## ${type}`,
    sentence(resource.description),
    stateText(resource),
    fenced("nix", exampleOf(description, type)),
    `### Inputs of ${type}`,
    inputTables(own),
    `All types also have [${code("connection")}](#connection) and [the inputs of every type](#inputs-of-every-type).`,
    ...(immutable.length === 0
      ? []
      : [
          "These inputs cannot change on an existing object. A change is refused before anything is written:",
          list(immutable),
        ]),
    `### Outputs of ${type}`,
    outputTables(resource),
    `### Least rights for ${type}`,
    resource.leastRights.trim(),
  ];
}

function stateText({ requireState, storesState, retainedByDefault }: TypeDescription): string {
  return [
    requireState
      ? "Needs a `state`, because its inputs do not identify the object."
      : "Works with and without a `state`. Without a state, every apply compares the object with the inputs and repairs differences.",
    ...(storesState ? ["It also stores NixOps4's state: other members name it in their `state`."] : []),
    ...(retainedByDefault ? ['Destroying retains it by default: set `deletion = "delete"` to delete it.'] : []),
  ].join(" ");
}

function inputTables(options: Options): string {
  return tables(options, (rows) =>
    table(
      ["input", "type", "default", "description"],
      rows.map(({ path, type, fallback, description }) => [
        code(path),
        type,
        fallback === undefined ? "**required**" : code(fallback),
        sentence(description),
      ]),
    ),
  );
}

function outputTables({ outputs, stableOutputs }: TypeDescription): string {
  const options = optionTables(outputs);
  if (options.rows.length === 0) return "None.";
  const isStable = (path: string): boolean => stableOutputs.includes(path.split(/[.[]/, 1)[0] ?? path);
  return tables(options, (rows) =>
    table(
      ["output", "type", "changes on update", "description"],
      rows.map(({ path, type, description }) => [
        code(path),
        type,
        isStable(path) ? "never" : "may",
        sentence(description),
      ]),
    ),
  );
}

/** The table of the options, then for each choice one table of its kinds and one for the fields of each kind. */
function tables({ rows, choices }: Options, render: (rows: readonly OptionRow[]) => string): string {
  return blocks(rows.length === 0 ? undefined : render(rows), ...choices.map((choice) => choiceTables(choice, render)));
}

function choiceTables({ path, kinds, fields }: Choice, render: (rows: readonly OptionRow[]) => string): string {
  return blocks(
    `Kinds of ${code(path)}, of which exactly one is set:`,
    table(
      ["kind", "type", "description"],
      kinds.map((kind) => [code(kind.path), kind.type, sentence(kind.description)]),
    ),
    ...fields.map((kind) => blocks(`With ${code(kind.path)}:`, tables(kind.options, render))),
  );
}

function commonPart({ inputs }: TypeDescription): string {
  const rows = optionTables(inputs).rows.filter(({ path }) => Object.hasOwn(commonInputs, path));
  return blocks("## Inputs of every type", inputTables({ rows, choices: [] }));
}

/** Whether an input belongs to its type alone. */
function isOwn({ path }: { path: string }): boolean {
  const name = path.split(".", 1)[0] ?? path;
  return name !== "connection" && !Object.hasOwn(commonInputs, name);
}

function usesSecrets(types: readonly TypeDescription[]): boolean {
  return types.some(({ inputs, outputs }) =>
    /"x-nix-type":"(secretRef|directSecretRef)"/.test(JSON.stringify([inputs, outputs])),
  );
}
