import type { ProviderDescription, TypeDescription } from "../serve/describe.ts";
import { resolve, valueInNix } from "./docs-options.ts";
import { indent, nixLiteral, nixName, nixSet } from "./nix-text.ts";
import type { JsonSchema } from "./nix-type.ts";
import { isObject } from "../wire/wire.ts";

/** The resource of a type's documentation, as a NixOps4 module without its function head. */
export function exampleOf({ provider, resourceTypes }: ProviderDescription, type: string): string {
  const resource = resourceTypes[type];
  if (resource === undefined) throw new Error(`Unable to write an example of ${type}: there is no such type.`);
  const name = nixName(provider.name);
  const settings = [
    `imports = [ resources.modules.nixops4Provider.${name} ];`,
    'managedBy = "my-deployment";',
    ...members(exampleConnection(resource), "connection"),
  ];
  const declared = [`type = providers.${name}.${nixName(type)};`, ...members(resource.example, "inputs")];
  return [`providers.${name} = ${nixSet(settings)};`, "", `members.my_${type} = ${nixSet(declared)};`].join("\n");
}

/** All inputs of the example, as a request carries them. */
export function exampleInputs(resource: TypeDescription): Record<string, unknown> {
  return { connection: exampleConnection(resource), ...resource.example, managedBy: "my-deployment" };
}

/** Of the connection, what its author gave an example of; what must be given has to have one. */
function exampleConnection({ inputs }: TypeDescription): Record<string, unknown> {
  const definitions = inputs.$defs ?? {};
  const connection = resolve(inputs.properties?.["connection"], definitions);
  // A choice between kinds of connections has no fields of its own.
  const shown = exampleIn(connection, definitions);
  if (isObject(shown)) return shown;
  return exampleOfFields(connection, definitions, "connection");
}

function exampleOfFields(
  schema: JsonSchema,
  definitions: Record<string, JsonSchema>,
  path: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).flatMap(([name, unresolved]) => {
      const field = resolve(unresolved, definitions);
      const example = exampleIn(field, definitions);
      if (example !== undefined) return [[name, example]];
      if ("default" in field || !(schema.required ?? []).includes(name)) return [];
      if (field.properties !== undefined) return [[name, exampleOfFields(field, definitions, `${path}.${name}`)]];
      throw new Error(
        `Unable to write an example: ${path}.${name} must be given and has none (see \`withExample\` of protocol/core).`,
      );
    }),
  );
}

/** What `withExample` left on a type, or on the type within `z.nullable`. */
function exampleIn(field: JsonSchema, definitions: Record<string, JsonSchema>): unknown {
  const shown = [field, ...(field.anyOf ?? [])].map((one) => resolve(one, definitions).examples?.[0]);
  return shown.find((value) => value !== undefined);
}

/** `path.name = value;` for each field of a set; a set of one field becomes a longer path, as people write it. */
function members(values: object, path: string): string[] {
  return Object.entries(values).map(([name, value]) => member(`${path}.${nixName(name)}`, value));
}

function member(path: string, value: unknown): string {
  if (typeof value !== "object" || value === null) return `${path} = ${valueInNix(value)};`;
  if (Array.isArray(value)) return `${path} = ${arrayText(value)};`;
  const [only, ...others] = members(value, path);
  if (only !== undefined && others.length === 0) return only;
  return `${path} = ${nixSet(Object.entries(value).map(([name, inner]) => member(nixName(name), inner)))};`;
}

function arrayText(values: readonly unknown[]): string {
  if (values.every((value) => typeof value !== "object" || value === null)) return nixLiteral(values);
  return `[\n${values.map((value) => `${indent(elementText(value))}\n`).join("")}]`;
}

function elementText(value: unknown): string {
  if (Array.isArray(value)) return arrayText(value);
  const line = nixLiteral(value);
  if (typeof value !== "object" || value === null || line.length <= 80) return line;
  return nixSet(Object.entries(value).map(([name, inner]) => member(nixName(name), inner)));
}
