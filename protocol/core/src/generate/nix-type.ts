import type * as z from "zod/mini";
import { asArgument, indent, nixList, nixLiteral, nixName, nixSet, nixString } from "./nix-text.ts";
import { posixPattern } from "./posix-pattern.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** Where in a provider's schemas we are. */
export interface Place {
  /** For messages: `role.inputs.connection.port`. */
  readonly path: string;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** Definitions that this place lies within. */
  readonly within: readonly string[];
  /** Inputs have defaults; outputs are always complete. */
  readonly direction: "input" | "output";
}

/** `{ name = mkOption { ... }; }` for the fields of an object. */
export function nixOptions(schema: JsonSchema, place: Place): Map<string, string> {
  return new Map(
    Object.entries(schema.properties ?? {}).map(([name, field]) => {
      const at = { ...place, path: `${place.path}.${name}` };
      return [name, nixOption(name, asSchema(field, at), (schema.required ?? []).includes(name), at)];
    }),
  );
}

/** The members of a set that declares `options`. */
export function nixMembers(options: ReadonlyMap<string, string>): string[] {
  return [...options].map(([name, option]) => `${nixName(name)} = ${option};`);
}

function nixOption(name: string, field: JsonSchema, isRequired: boolean, place: Place): string {
  if (name === "_type") refuse(place, "has a name that Nix takes for its own");
  const description = field.description ?? resolve(field, place).schema.description;
  if (description === undefined) refuse(place, "has no description");
  const fallback = nixDefault(field, isRequired, place);
  return `mkOption ${nixSet([
    `type = ${nixType(field, place)};`,
    ...(fallback === undefined ? [] : [`default = ${fallback};`]),
    `description = ${nixString(description)};`,
  ])}`;
}

function nixDefault(field: JsonSchema, isRequired: boolean, place: Place): string | undefined {
  if (place.direction === "output") {
    return isRequired
      ? undefined
      : refuse(place, "may be left out; an output is always there, and null where there is none");
  }
  if ("default" in field) return nixLiteral(field.default);
  if (!isRequired) return refuse(place, "may be left out but has no default; make it nullable with the default null");
  return isFilledByDefaults(resolve(field, place).schema) ? "{ }" : undefined;
}

/** Whether `{}` is a value of the object, so that nobody has to write it. */
function isFilledByDefaults({ type, properties, required = [] }: JsonSchema): boolean {
  return type === "object" && properties !== undefined && required.length === 0;
}

/** The option type of what a schema describes. What Nix cannot check, the provider does. */
function nixType(unresolved: JsonSchema, outer: Place): string {
  const { schema, place } = resolve(unresolved, outer);
  const special = schema["x-nix-type"];
  if (typeof special === "string") return `suiteTypes.${special}`;
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return unionType(alternatives, place);
  if (schema.enum !== undefined) return `types.enum ${nixList(schema.enum.map(nixLiteral))}`;
  if (schema.const !== undefined) return `types.enum ${nixList([nixLiteral(schema.const)])}`;
  if (Array.isArray(schema.type))
    return unionType(
      schema.type.map((type) => ({ ...schema, type })),
      place,
    );
  switch (schema.type) {
    case "boolean":
      return "types.bool";
    case "string":
      return stringType(schema);
    case "integer":
      return integerType(schema);
    case "number":
      return "types.number";
    case "array":
      return arrayType(schema, place);
    case "object":
      return objectType(schema, place);
    case undefined:
      return Object.keys(schema).every((key) => key === "description" || key === "default")
        ? "suiteTypes.json"
        : refuse(place, `has no type in Nix: ${JSON.stringify(schema)}`);
    case "null":
    default:
      return refuse(place, `has no type in Nix: ${JSON.stringify(schema.type)}`);
  }
}

function stringType({ pattern, minLength = 0 }: JsonSchema): string {
  const posix = pattern === undefined ? undefined : posixPattern(pattern);
  if (posix !== undefined) return `types.strMatching ${nixString(posix)}`;
  return minLength > 0 ? "types.nonEmptyStr" : "types.str";
}

/** Every integer of zod is bounded by what JavaScript can count; those bounds say nothing. */
function integerType({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): string {
  const lowest = Math.max(
    minimum ?? -Infinity,
    typeof exclusiveMinimum === "number" ? exclusiveMinimum + 1 : -Infinity,
  );
  const highest = Math.min(maximum ?? Infinity, typeof exclusiveMaximum === "number" ? exclusiveMaximum - 1 : Infinity);
  const isBoundedBelow = lowest > Number.MIN_SAFE_INTEGER;
  const isBoundedAbove = highest < Number.MAX_SAFE_INTEGER;
  if (lowest === 0 && highest === 65_535) return "types.port";
  if (isBoundedBelow && isBoundedAbove) return `types.ints.between ${nixLiteral(lowest)} ${nixLiteral(highest)}`;
  if (isBoundedAbove) return `suiteTypes.intAtMost ${nixLiteral(highest)}`;
  if (!isBoundedBelow) return "types.int";
  if (lowest === 0) return "types.ints.unsigned";
  return lowest === 1 ? "types.ints.positive" : `suiteTypes.intAtLeast ${nixLiteral(lowest)}`;
}

function arrayType(schema: JsonSchema, place: Place): string {
  if (schema.prefixItems !== undefined) refuse(place, "is a tuple; make it an object with named fields");
  const list = (schema.minItems ?? 0) > 0 ? "types.nonEmptyListOf" : "types.listOf";
  const elements = { ...place, path: `${place.path}[]` };
  return `${list} ${asArgument(nixType(asSchema(schema.items ?? {}, elements), elements))}`;
}

function objectType(schema: JsonSchema, place: Place): string {
  const free = schema.additionalProperties;
  if (schema.properties === undefined) {
    const values = { ...place, path: `${place.path}.*` };
    return `types.attrsOf ${asArgument(nixType(asSchema(free ?? {}, values), values))}`;
  }
  if (free !== undefined && free !== false) refuse(place, "has both named and free fields");
  const options = nixSet(nixMembers(nixOptions(schema, place)));
  return `types.submodule {\n${indent(`options = ${options};`)}\n}`;
}

function unionType(alternatives: readonly JsonSchema[], place: Place): string {
  const some = alternatives.filter(({ type }) => type !== "null");
  const objects = some.filter((one) => resolve(one, place).schema.type === "object" && !("x-nix-type" in one));
  const types = some.filter((one) => !objects.includes(one)).map((one) => nixType(one, place));
  if (objects.length === 1) types.push(...objects.map((one) => nixType(one, place)));
  if (objects.length > 1) types.push(taggedType(objects, place));
  const [first = refuse(place, "is always null"), ...others] = types;
  const type = others.length === 0 ? first : `types.oneOf ${nixList(types.map(asArgument))}`;
  return some.length === alternatives.length ? type : `types.nullOr ${asArgument(type)}`;
}

/** Nix tells objects apart only by the one key that each of them has. */
function taggedType(objects: readonly JsonSchema[], place: Place): string {
  const tags = new Map<string, string>();
  for (const one of objects) {
    const { schema, place: inner } = resolve(one, place);
    const [tag, ...rest] = nixOptions({ ...schema, required: Object.keys(schema.properties ?? {}) }, inner);
    if (tag === undefined || rest.length > 0 || tags.has(tag[0]))
      return refuse(place, "chooses between objects; give each of them exactly one field with a name of its own");
    tags.set(...tag);
  }
  return `types.attrTag ${nixSet(nixMembers(tags))}`;
}

/** The schema that a reference stands for; what is said beside the reference counts more. */
function resolve(schema: JsonSchema, place: Place): { schema: JsonSchema; place: Place } {
  const { $ref, ...beside } = schema;
  if ($ref === undefined) return { schema, place };
  const name = $ref.replace(/^#\/\$defs\//, "");
  const definition = place.definitions[name];
  if (definition === undefined || place.within.includes(name))
    return refuse(place, `refers to ${$ref}, which Nix cannot follow`);
  return resolve({ ...definition, ...beside }, { ...place, within: [...place.within, name] });
}

function asSchema(schema: unknown, place: Place): JsonSchema {
  return isSchema(schema) ? schema : refuse(place, "has no schema");
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

function refuse(place: Place, reason: string): never {
  throw new Error(`Unable to generate Nix options: ${place.path} ${reason}.`);
}
