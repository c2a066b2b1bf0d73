import { isDeepStrictEqual } from "node:util";
import type { TypeDescription } from "@nixops4-resources/protocol-core";

export type JsonSchema = TypeDescription["inputs"];

interface Field {
  schema: JsonSchema;
  isRequired: boolean;
  /** Null if the field has no default, since null and absent mean the same. */
  fallback: unknown;
}

/** The fields of an object, with references resolved. */
export function fieldsOf(schema: JsonSchema): Record<string, Field> {
  return Object.fromEntries(
    Object.entries(schema.properties ?? {}).map(([name, unresolved]) => {
      const field = below(schema, unresolved);
      const isRequired = (schema.required ?? []).includes(name) && !("default" in field);
      return [name, { schema: field, isRequired, fallback: field.default ?? null }];
    }),
  );
}

/**
 * The reasons why `after` may reject a value that `before` allows, or may give it another meaning. Keywords that cannot
 * be compared, such as two regular expressions, count as narrower: a person decides.
 */
export function narrowing(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const olds = alternatives(before);
  const news = alternatives(after);
  if (olds.length > 1 || news.length > 1) {
    return olds
      .filter((old) => !news.some((now) => narrowing(old, now, path).length === 0))
      .map((old) => `${path} may not be ${inWords(old)} any more`);
  }
  if (!hasSameKind(before, after)) return [`${path} changed from ${inWords(before)} to ${inWords(after)}`];
  return [
    ...values(before, after, path),
    ...limits(before, after, path),
    ...(after.items === undefined
      ? []
      : narrowing(below(before, before.items), below(after, after.items), `${path}[]`)),
    ...(after.properties === undefined ? names(before, after, path) : fields(before, after, path)),
  ];
}

function fields(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const now = fieldsOf(after);
  const old = fieldsOf(before);
  const removed = Object.keys(old).filter((name) => now[name] === undefined);
  return [
    ...removed.map((name) => `${path}.${name} was removed`),
    ...Object.entries(now).flatMap(([name, field]) => fieldChanges(old[name], field, `${path}.${name}`)),
  ];
}

function fieldChanges(old: Field | undefined, now: Field, path: string): string[] {
  if (old === undefined) return now.isRequired ? [`${path} is new and must be given`] : [];
  if (now.isRequired && !old.isRequired) return [`${path} must be given now`];
  const hasOtherDefault = !old.isRequired && !isDeepStrictEqual(old.fallback, now.fallback);
  return [
    ...(hasOtherDefault
      ? [`the default of ${path} changed from ${JSON.stringify(old.fallback)} to ${JSON.stringify(now.fallback)}`]
      : []),
    ...narrowing(old.schema, now.schema, path),
  ];
}

/** For a set whose names are free. */
function names(before: JsonSchema, after: JsonSchema, path: string): string[] {
  if (typeof after.additionalProperties !== "object") return [];
  return narrowing(
    below(before, before.additionalProperties),
    below(after, after.additionalProperties),
    `${path}.<name>`,
  );
}

function values(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const old = valuesOf(before);
  const now = valuesOf(after);
  if (now === undefined) return [];
  if (old === undefined) return [`${path} may only be ${inWords(after)} now`];
  return old
    .filter((value) => !now.includes(value))
    .map((value) => `${path} may not be ${JSON.stringify(value)} any more`);
}

const lower = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"] as const;
const upper = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"] as const;
const incomparable = ["pattern", "format", "multipleOf", "uniqueItems"] as const;

function limits(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const changed = [
    ...lower.filter((key) => numberOr(after[key], -Infinity) > numberOr(before[key], -Infinity)),
    ...upper.filter((key) => numberOr(after[key], Infinity) < numberOr(before[key], Infinity)),
    ...incomparable.filter((key) => after[key] !== undefined && after[key] !== before[key]),
  ];
  return changed.map((key) => `${path}: ${key} changed from ${String(before[key] ?? "none")} to ${String(after[key])}`);
}

function hasSameKind(before: JsonSchema, after: JsonSchema): boolean {
  if (after["x-nix-type"] !== undefined && after["x-nix-type"] !== before["x-nix-type"]) return false;
  const hasNoType = after.type === undefined && valuesOf(after) === undefined;
  const isSet = (schema: JsonSchema): boolean => schema.properties !== undefined;
  if (isSet(before) !== isSet(after)) return hasNoType;
  return hasNoType || before.type === after.type || (before.type === "integer" && after.type === "number");
}

const valuesOf = ({ enum: some, const: one }: JsonSchema): readonly unknown[] | undefined =>
  some ?? (one === undefined ? undefined : [one]);

function alternatives(schema: JsonSchema): JsonSchema[] {
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }));
  const some = schema.anyOf ?? schema.oneOf;
  return some === undefined ? [schema] : some.flatMap((one) => alternatives(below(schema, one)));
}

function inWords(schema: JsonSchema): string {
  const allowed = valuesOf(schema);
  if (allowed !== undefined) return allowed.map((value) => JSON.stringify(value)).join(" or ");
  const special = schema["x-nix-type"];
  if (typeof special === "string") return `a ${special}`;
  if (schema.properties !== undefined) return `a set of ${Object.keys(schema.properties).join(", ")}`;
  return schema.type === undefined ? "any value" : `of type ${String(schema.type)}`;
}

/** A part of a schema with its references resolved; it keeps the definitions of the whole. */
function below(whole: JsonSchema, part: unknown): JsonSchema {
  if (!isSchema(part)) return {};
  const definitions = whole.$defs ?? {};
  const { $ref, ...beside } = part;
  if ($ref === undefined) return { ...beside, $defs: definitions };
  const definition = definitions[$ref.replace(/^#\/\$defs\//, "")];
  if (definition === undefined) throw new Error(`The schema refers to ${$ref}, which is not defined.`);
  return { ...below(whole, definition), ...beside };
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}

const numberOr = (value: unknown, none: number): number => (typeof value === "number" ? value : none);
