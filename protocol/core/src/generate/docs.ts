import { commonInputs } from "../resource/common-inputs.ts";
import type { ProviderDescription, TypeDescription } from "../serve/describe.ts";
import suiteErrors from "../report/errors.ts";
import { exampleOf } from "./docs-example.ts";
import { optionRows, resolve, type OptionRow } from "./docs-options.ts";
import { belongingPart, secretsPart } from "./docs-prose.ts";
import { blocks, code, fenced, list, sentence, table } from "./markdown.ts";

/** The text of `docs/providers/<name>.md`. Throws where a schema says too little for its reader. */
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
      ["resource type", "what it manages"],
      types.map(([type, { description: text }]) => [`[${code(type)}](#${type})`, sentence(text)]),
    ),
    "In the examples, `resources` is this suite, as [flake-free-npins/nixops4.nix](../../flake-free-npins/nixops4.nix) imports it.",
    connectionPart(description, first[1]),
    ...types.flatMap(([type]) => typePart(description, type)),
    commonPart(first[1]),
    usesSecrets(types.map(([, type]) => type)) ? secretsPart() : undefined,
    belongingPart(description),
    errorsPart(description),
  ).concat("\n");
}

function connectionPart({ provider }: ProviderDescription, { inputs }: TypeDescription): string {
  const connection = resolve(inputs.properties?.["connection"], inputs.$defs ?? {});
  return blocks(
    "## connection",
    `${sentence(connection.description ?? "")} Set it once for all resources, in ${code(`providers.${provider.name}.connection`)}; what a resource sets in its own ${code("inputs.connection")} counts more.`,
    inputTable(optionRows(connection, inputs.$defs, "connection.")),
  );
}

function typePart(description: ProviderDescription, type: string): string[] {
  const resource = description.resourceTypes[type];
  if (resource === undefined) return [];
  const own = optionRows(resource.inputs).filter(({ path }) => !isOfEveryType(path));
  const immutable = [...Map.groupBy(Object.entries(resource.immutable), ([, whyAndHow]) => whyAndHow)].map(
    ([whyAndHow, inputs]) => `${inputs.map(([name]) => code(name)).join(", ")}: ${sentence(whyAndHow)}`,
  );
  return [
    `## ${type}`,
    sentence(resource.description),
    stateWords(resource),
    fenced("nix", exampleOf(description, type)),
    `### Inputs of ${type}`,
    inputTable(own),
    `Besides: [${code("connection")}](#connection) and [the inputs of every type](#inputs-of-every-type).`,
    ...(immutable.length === 0
      ? []
      : ["These cannot change on one that exists; a change is refused before anything is written:", list(immutable)]),
    `### Outputs of ${type}`,
    outputTable(resource),
    `### Least rights for ${type}`,
    resource.leastRights.trim(),
  ];
}

function stateWords({ requireState, storesState }: TypeDescription): string {
  const words = requireState
    ? "Needs a `state`: its inputs do not tell which one it made."
    : "Works with and without a `state`. Without one, every apply looks and repairs what differs.";
  return storesState ? `${words} It also stores NixOps4's state: other members name it as their \`state\`.` : words;
}

function inputTable(rows: readonly OptionRow[]): string {
  return table(
    ["input", "type", "default", "meaning"],
    rows.map((row) => [code(row.path), row.type, fallbackInWords(row), sentence(row.description)]),
  );
}

function fallbackInWords({ fallback, isChoice = false }: OptionRow): string {
  if (isChoice) return "one of these";
  return fallback === undefined ? "**required**" : code(fallback);
}

function outputTable({ outputs, stableOutputs }: TypeDescription): string {
  const rows = optionRows(outputs);
  if (rows.length === 0) return "None.";
  return table(
    ["output", "type", "changes on update", "meaning"],
    rows.map(({ path, type, description }) => [
      code(path),
      type,
      stableOutputs.includes(path.split(/[.[]/, 1)[0] ?? path) ? "never" : "may",
      sentence(description),
    ]),
  );
}

function commonPart({ inputs }: TypeDescription): string {
  const rows = optionRows(inputs).filter(({ path }) => Object.hasOwn(commonInputs, path));
  return blocks("## Inputs of every type", inputTable(rows));
}

function isOfEveryType(path: string): boolean {
  const name = path.split(".", 1)[0] ?? path;
  return name === "connection" || Object.hasOwn(commonInputs, name);
}

function usesSecrets(types: readonly TypeDescription[]): boolean {
  return types.some(({ inputs, outputs }) =>
    /"x-nix-type":"(secretRef|directSecretRef)"/.test(JSON.stringify([inputs, outputs])),
  );
}

function errorsPart({ errors }: ProviderDescription): string {
  const own = Object.entries(errors).filter(([name]) => !Object.hasOwn(suiteErrors, name));
  return blocks(
    "## Errors",
    "Every error begins with its code in brackets. [docs/errors.md](../errors.md) has those that every provider can give.",
    own.length === 0
      ? undefined
      : table(
          ["code", "what it means", "what to do"],
          own.sort(byName).map(([name, { meaning, remedy }]) => [code(name), sentence(meaning), sentence(remedy)]),
        ),
  );
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : a > b ? 1 : 0;
