import type * as z from "zod/mini";
import { asArgument, indent, nixList, nixLiteral, nixName, nixSet, nixString } from "./nix-text.ts";
import { posixPattern } from "./posix-pattern.ts";

export type JsonSchema = z.core.JSONSchema.JSONSchema;

/** A place in a provider's schemas. */
export interface Place {
  /** Its path in messages: `role.inputs.connection.port`. */
  readonly path: string;
  readonly definitions: Readonly<Record<string, JsonSchema>>;
  /** The definitions around this place. */
  readonly within: readonly string[];
  /** Inputs may have defaults; outputs are always complete. */
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

/** The members of a set that declares the options. */
export function nixMembers(options: ReadonlyMap<string, string>): string[] {
  return [...options].map(([name, option]) => `${nixName(name)} = ${option};`);
}

function nixOption(name: string, field: JsonSchema, isRequired: boolean, place: Place): string {
  if (name === "_type") refuse(place, "has a name that the Nix module system reserves");
  const description = field.description ?? follow(field, place).schema.description;
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
    return isRequired ? undefined : refuse(place, "is optional; return every output, null if it has no value");
  }
  if ("default" in field) return nixLiteral(field.default);
  if (!isRequired) return refuse(place, "is optional but has no default; make it nullable with the default null");
  return isFilledByDefaults(follow(field, place).schema) ? "{ }" : undefined;
}

/** Whether `{}` is a valid value of the object, so that it can be the default. */
function isFilledByDefaults({ type, properties, required = [] }: JsonSchema): boolean {
  return type === "object" && properties !== undefined && required.length === 0;
}

/** The Nix option type of a schema. The provider checks whatever Nix cannot. */
function nixType(unresolved: JsonSchema, outer: Place): string {
  const { schema, place } = follow(unresolved, outer);
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

/** zod bounds every integer by the safe integers of JavaScript; those bounds are left out. */
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
  if (schema.prefixItems !== undefined) refuse(place, "is a tuple; use an object with named fields");
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
  if (free !== undefined && free !== false) refuse(place, "has both named and arbitrary fields");
  const options = nixSet(nixMembers(nixOptions(schema, place)));
  return `types.submodule {\n${indent(`options = ${options};`)}\n}`;
}

function unionType(alternatives: readonly JsonSchema[], place: Place): string {
  const some = alternatives.filter(({ type }) => type !== "null");
  const objects = some.filter((one) => follow(one, place).schema.type === "object" && !("x-nix-type" in one));
  const types = some.filter((one) => !objects.includes(one)).map((one) => nixType(one, place));
  if (objects.length === 1) types.push(...objects.map((one) => nixType(one, place)));
  if (objects.length > 1) types.push(taggedType(objects, place));
  const [first = refuse(place, "is always null"), ...others] = types;
  const type = others.length === 0 ? first : `types.oneOf ${nixList(types.map(asArgument))}`;
  return some.length === alternatives.length ? type : `types.nullOr ${asArgument(type)}`;
}

/** Nix distinguishes alternative objects only by the single key of each. */
function taggedType(objects: readonly JsonSchema[], place: Place): string {
  const tags = new Map<string, string>();
  for (const one of objects) {
    const { schema, place: inner } = follow(one, place);
    const [tag, ...rest] = nixOptions({ ...schema, required: Object.keys(schema.properties ?? {}) }, inner);
    if (tag === undefined || rest.length > 0 || tags.has(tag[0]))
      return refuse(place, "is a choice between objects; give each object exactly one field with a unique name");
    tags.set(...tag);
  }
  return `types.attrTag ${nixSet(nixMembers(tags))}`;
}

/** The schema behind a reference. Members beside the reference override those of the schema. */
function follow(schema: JsonSchema, place: Place): { schema: JsonSchema; place: Place } {
  const { $ref, ...beside } = schema;
  if ($ref === undefined) return { schema, place };
  const name = $ref.replace(/^#\/\$defs\//, "");
  const definition = place.definitions[name];
  if (definition === undefined || place.within.includes(name))
    return refuse(place, `refers to ${$ref}, which is unknown or recursive`);
  return follow({ ...definition, ...beside }, { ...place, within: [...place.within, name] });
}

function asSchema(schema: unknown, place: Place): JsonSchema {
  return isSchema(schema) ? schema : refuse(place, "has no schema");
}

export function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

function refuse(place: Place, reason: string): never {
  throw new Error(`Unable to generate Nix options: ${place.path} ${reason}.`);
}
