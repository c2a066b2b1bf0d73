import type { ProviderDescription, TypeDescription } from "../serve/describe.ts";
import { resolve, valueInNix } from "./docs-type.ts";
import { indent, nixLiteral, nixName, nixSet } from "./nix-text.ts";
import type { JsonSchema } from "./nix-type.ts";
import { isObject } from "../wire/wire.ts";

/** The example of a type as the body of a NixOps4 module. */
export function exampleOf({ provider, resourceTypes }: ProviderDescription, type: string): string {
  const resource = resourceTypes[type];
  if (resource === undefined) throw new Error(`Unable to write an example of ${type}: the provider has no such type.`);
  const name = nixName(provider.name);
  const settings = [
    `imports = [ resources.modules.nixops4Provider.${name} ];`,
    'managedBy = "my-deployment";',
    ...members(exampleConnection(resource), "connection"),
  ];
  const declared = [`type = providers.${name}.${nixName(type)};`, ...members(resource.example, "inputs")];
  return [`providers.${name} = ${nixSet(settings)};`, "", `members.my_${type} = ${nixSet(declared)};`].join("\n");
}

/** All inputs of the example, as in a request. */
export function exampleInputs(resource: TypeDescription): Record<string, unknown> {
  return { connection: exampleConnection(resource), ...resource.example, managedBy: "my-deployment" };
}

/** The inputs of the connection that have an example. A required input without one is an error. */
function exampleConnection({ inputs, exampleConnection: own }: TypeDescription): Record<string, unknown> {
  if (own !== null) return own;
  const definitions = inputs.$defs ?? {};
  const connection = resolve(inputs.properties?.["connection"], definitions);
  // A choice between kinds of connections has its example on the whole.
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
        `Unable to write an example: ${path}.${name} is required and has no example. Set one with \`withExample\` of protocol/core.`,
      );
    }),
  );
}

/** The example that `withExample` set on a type, or on the type inside `z.nullable`. */
function exampleIn(field: JsonSchema, definitions: Record<string, JsonSchema>): unknown {
  const shown = [field, ...(field.anyOf ?? [])].map((one) => resolve(one, definitions).examples?.[0]);
  return shown.find((value) => value !== undefined);
}

/** `path.name = value;` for each field of a set. A set with one field becomes a longer path, as people write it. */
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
