import { code } from "./markdown.ts";
import { nixLiteral } from "./nix-text.ts";
import { isSchema, type JsonSchema } from "./nix-type.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/** A value at the end of an expression, where a negative number needs no parentheses. */
export function valueInNix(value: unknown): string {
  return typeof value === "number" ? String(value) : nixLiteral(value);
}

/** The type of a value for a reader who knows neither JSON Schema nor the types of Nix. */
export function typeInWords(unresolved: JsonSchema, definitions: Definitions): string {
  const { schema, isNullable } = withoutNull(resolve(unresolved, definitions), definitions);
  const type = plainType(schema, definitions);
  return isNullable ? `${type}, or null` : type;
}

function plainType(schema: JsonSchema, definitions: Definitions): string {
  if (schema["x-nix-type"] === "secretRef") return "[secret reference](#secret-references)";
  if (schema["x-nix-type"] === "directSecretRef") return "[direct secret reference](#secret-references)";
  if (schema["x-nix-type"] === "runtimePath") return "absolute path, as a string";
  if (choicesOf(schema, definitions).length > 0) return "exactly one of the kinds below";
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map((one) => typeInWords(one, definitions)).join(" or ");
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values !== undefined) return values.map((value) => code(valueInNix(value))).join(" or ");
  switch (schema.type) {
    case "string":
      return stringInWords(schema);
    case "integer":
    case "number":
      return numberInWords(schema);
    case "boolean":
      return "boolean";
    case "array":
      return listInWords(schema, definitions);
    case "object":
      return setInWords(schema, definitions);
    case "null":
      return "null";
    case undefined:
    default:
      return "any JSON value";
  }
}

function stringInWords({ pattern, minLength = 0, maxLength, format }: JsonSchema): string {
  if (pattern !== undefined) {
    const whole = pattern.replace(/^\^/, "").replace(/\$$/, "").replaceAll("\\/", "/");
    // A long pattern is harder to read than the description beside it.
    return whole.length <= 40 ? `string matching ${code(whole)}` : "string";
  }
  if (format !== undefined) return `string (${format})`;
  if (maxLength !== undefined) return `string of ${minLength} to ${maxLength} characters`;
  return minLength > 0 ? "non-empty string" : "string";
}

/** zod bounds every integer by the safe integers of JavaScript; those bounds are left out. */
function numberInWords({ type, minimum = -Infinity, maximum = Infinity }: JsonSchema): string {
  const noun = type === "integer" ? "integer" : "number";
  const hasLowest = minimum > Number.MIN_SAFE_INTEGER;
  const hasHighest = maximum < Number.MAX_SAFE_INTEGER;
  if (hasLowest && hasHighest) return `${noun}, ${minimum} to ${maximum}`;
  if (hasLowest) return `${noun}, at least ${minimum}`;
  return hasHighest ? `${noun}, at most ${maximum}` : noun;
}

function listInWords({ items, minItems = 0 }: JsonSchema, definitions: Definitions): string {
  const elements = plural(typeInWords(isSchema(items) ? items : {}, definitions));
  return `${minItems > 0 ? "non-empty list" : "list"} of ${elements}`;
}

function setInWords({ properties, additionalProperties }: JsonSchema, definitions: Definitions): string {
  if (properties !== undefined) return Object.keys(properties).length === 0 ? "empty set" : "set";
  const values = isSchema(additionalProperties) ? additionalProperties : {};
  return `set of ${plural(typeInWords(values, definitions))} by name`;
}

/** The plural of a type. An alternative gets parentheses, so that it is not read as one to the whole list. */
function plural(type: string): string {
  if (/ or /.test(type)) return `(${type})`;
  if (type === "any JSON value") return "JSON values";
  return type.replace(/^((?:non-empty )?)(string|integer|number|boolean|set|list)\b/, "$1$2s");
}

/** Objects with one field each, of which a value is exactly one; empty for another schema. */
export function choicesOf(schema: JsonSchema, definitions: Definitions): JsonSchema[] {
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).map((one) => resolve(one, definitions));
  const isChoice = alternatives.every(({ properties = {} }) => Object.keys(properties).length === 1);
  return alternatives.length > 1 && isChoice ? alternatives : [];
}

export function withoutNull(schema: JsonSchema, definitions: Definitions): { schema: JsonSchema; isNullable: boolean } {
  if (Array.isArray(schema.type)) {
    const [type, ...others] = schema.type.filter((one) => one !== "null");
    if (type !== undefined && others.length === 0) return { schema: { ...schema, type }, isNullable: true };
  }
  const some = schema.anyOf?.filter(({ type }) => type !== "null");
  if (some === undefined || some.length === schema.anyOf?.length) return { schema, isNullable: false };
  const [only, ...others] = some;
  return {
    schema: only !== undefined && others.length === 0 ? resolve(only, definitions) : { anyOf: some },
    isNullable: true,
  };
}

/** The schema behind a reference. Members beside the reference override those of the schema. */
export function resolve(unresolved: unknown, definitions: Definitions): JsonSchema {
  if (!isSchema(unresolved)) return {};
  const { $ref, ...beside } = unresolved;
  const definition = $ref === undefined ? undefined : definitions[$ref.replace(/^#\/\$defs\//, "")];
  return definition === undefined ? unresolved : { ...definition, ...beside };
}
