import { attributesOf } from "../schema/configuration.ts";
import { toEngine } from "../schema/convert.ts";
import {
  connectionName,
  outputsName,
  typeName,
  type Field,
  type Form,
  type ObjectForm,
  type ProviderSchema,
  type TypeSchema,
} from "../schema/form.ts";
import { sourceOf } from "../schema/source.ts";
import { written } from "../schema/written.ts";
import { type ObjectValue } from "../values/value.ts";
import { attributesInHcl } from "./hcl.ts";

/** The inputs of a type's example, as a request has them. */
type Example = Readonly<Record<string, unknown>>;

/** The pages of a provider in the format of the engine's registries, by their path from the provider's folder. */
export function docsPages(provider: ProviderSchema, examples: Readonly<Record<string, Example>>): Map<string, string> {
  const [first] = Object.values(examples);
  const pages = new Map([["index.md", indexPage(provider, first ?? {})]]);
  for (const [type, schema] of Object.entries(provider.types)) {
    pages.set(`resources/${type}.md`, typePage(provider, type, schema, examples[type] ?? {}));
  }
  return pages;
}

function indexPage(provider: ProviderSchema, example: Example): string {
  const { name, title, description, connection, connectionDescription, managedByDescription } = provider;
  const settings: ObjectValue = {
    managed_by: "my-deployment",
    connection: written(toEngine(example["connection"], connection)),
  };
  return page(title, description, [
    `# ${title}`,
    description,
    "## Example Usage",
    hcl(
      `terraform {\n  required_providers {\n    ${name} = { source = ${JSON.stringify(sourceOf(provider))} }\n  }\n}\n\nprovider ${JSON.stringify(name)} {\n${attributesInHcl(settings)}}`,
    ),
    "## Schema",
    list([
      { name: "managed_by", type: "String", description: managedByDescription },
      { name: "connection", type: inWords(connection), description: connectionDescription },
    ]),
    ...nested("connection", connection),
  ]);
}

function typePage(provider: ProviderSchema, type: string, schema: TypeSchema, example: Example): string {
  const name = typeName(provider, type);
  const { fields } = schema.inputs;
  const body = attributesInHcl(attributesOf(fields, example));
  const sections = [
    ["### Required", fields.filter(({ isRequired }) => isRequired)],
    ["### Optional", fields.filter(({ isRequired }) => !isRequired)],
    ["### Read-Only", [outputsField(schema.outputs)]],
  ] as const;
  return page(name, schema.description, [
    `# ${name}`,
    schema.description,
    "## Example Usage",
    hcl(`resource ${JSON.stringify(name)} "example" {\n${body}}`),
    "## Schema",
    ...sections.flatMap(([heading, some]) => (some.length === 0 ? [] : [heading, list(some.map(rowOf))])),
    `\`${connectionName}\` replaces the provider's \`connection\` for one resource.`,
    ...[...fields, outputsField(schema.outputs)].flatMap((field) => nested(field.name, field.form)),
    "## Import",
    importText(name, schema, example),
  ]);
}

const outputsField = (form: ObjectForm): Field => ({
  name: outputsName,
  input: outputsName,
  description: "Facts of the backend.",
  form,
  isRequired: false,
});

function importText(name: string, schema: TypeSchema, example: Example): string {
  const identity = schema.inputs.fields.filter(
    ({ input, isRequired }) => schema.identity.includes(input) || (isRequired && !schema.bearsMark),
  );
  const values = attributesOf(identity, example);
  const [only, ...others] = Object.values(values);
  const isBare = identity.length === 1 && others.length === 0 && typeof only === "string";
  const id = isBare ? only : JSON.stringify(values);
  return `The id has ${identity.map((field) => `\`${field.name}\``).join(", ")}, and may have further attributes as JSON.\n\n\`\`\`shell\ntofu import ${name}.example '${id}'\n\`\`\``;
}

interface Row {
  name: string;
  type: string;
  description: string;
}

function rowOf({ name, form, description, fallback }: Field): Row {
  const value = fallback === undefined ? "" : ` Default: \`${JSON.stringify(fallback)}\`.`;
  return { name, type: inWords(form), description: `${sentence(description)}${value}` };
}

const list = (rows: readonly Row[]): string =>
  rows.map(({ name, type, description }) => `- \`${name}\` (${type}) ${sentence(description)}`).join("\n");

/** The attributes of an object at a path, and of those in it. */
function nested(path: string, form: Form): string[] {
  const inner = form.kind === "list" || form.kind === "map" ? form.of : form;
  if (inner.kind === "any") return inner.oneOf.flatMap((one) => nested(path, one));
  if (inner.kind !== "object" || inner.fields.length === 0) return [];
  const isReference = inner.fields.some(({ name }) => name === "credential");
  const heading = `### Nested Schema for \`${path}\``;
  if (isReference)
    return [
      heading,
      "A reference to a secret, of which exactly one kind is set: `file` (a path), `env`, `credential`, `command`, `age`, `sops` or `store`, where the provider supports it.",
    ];
  return [
    heading,
    ...(inner.isChoice ? ["Exactly one is set:"] : []),
    list(inner.fields.map(rowOf)),
    ...inner.fields.flatMap((field) => nested(`${path}.${field.name}`, field.form)),
  ];
}

function inWords(form: Form): string {
  return form.kind === "list" || form.kind === "map" ? `${words[form.kind]} ${inWords(form.of)}` : words[form.kind];
}

const words: Readonly<Record<Form["kind"], string>> = {
  string: "String",
  bool: "Boolean",
  number: "Number",
  list: "List of",
  map: "Map of",
  object: "Attributes",
  any: "Dynamic",
};

const page = (title: string, description: string, parts: readonly string[]): string =>
  `---\npage_title: ${JSON.stringify(title)}\ndescription: ${JSON.stringify(description)}\n---\n\n<!-- Written by \`npm run generate\`; do not edit. -->\n\n${parts.join("\n\n")}\n`;

const hcl = (text: string): string => `\`\`\`terraform\n${text}\n\`\`\``;
const sentence = (text: string): string => (text === "" || /[.?!]$/.test(text) ? text : `${text}.`);
