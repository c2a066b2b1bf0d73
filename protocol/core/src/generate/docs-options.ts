import { code } from "./markdown.ts";
import { nixLiteral } from "./nix-text.ts";
import type { JsonSchema } from "./nix-type.ts";

/** One line in a table of inputs or outputs. */
export interface OptionRow {
  /** As one writes it in Nix: `connection.host`, `grants[].role`, `settings.<name>`. */
  readonly path: string;
  /** In words, as Markdown. */
  readonly type: string;
  /** The default as Nix; undefined where the option must be given. */
  readonly fallback: string | undefined;
  /** Whether it is one of several of which exactly one is given. */
  readonly isChoice?: boolean;
  readonly description: string;
}

/** The fields of an object, each followed by those within it. Throws where one has no description. */
export function optionRows(schema: JsonSchema, definitions = schema.$defs ?? {}, prefix = ""): OptionRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, unresolved]) => {
    const path = prefix + name;
    const field = resolve(unresolved, definitions);
    const { description } = field;
    if (description === undefined) throw new Error(`Unable to document ${path}: it has no description.`);
    const isOptional = "default" in field || !(schema.required ?? []).includes(name);
    const fallback = isOptional ? valueInNix(field.default ?? null) : undefined;
    return [
      { path, type: typeInWords(field, definitions), fallback, description },
      ...within(field, definitions, path),
    ];
  });
}

/** A value where nothing follows it, so that a negative number needs no parentheses. */
export function valueInNix(value: unknown): string {
  return typeof value === "number" ? String(value) : nixLiteral(value);
}

function within(field: JsonSchema, definitions: Record<string, JsonSchema>, path: string): OptionRow[] {
  const { schema } = withoutNull(field, definitions);
  if (schema["x-nix-type"] !== undefined) return [];
  const choices = choicesOf(schema, definitions);
  if (choices.length > 0) {
    return choices.flatMap((choice) => {
      const [chosen, ...inner] = optionRows(choice, definitions, `${path}.`);
      return chosen === undefined ? [] : [{ ...chosen, isChoice: true }, ...inner];
    });
  }
  if (schema.properties !== undefined) return optionRows(schema, definitions, `${path}.`);
  if (isSchema(schema.items)) return within(resolve(schema.items, definitions), definitions, `${path}[]`);
  if (isSchema(schema.additionalProperties))
    return within(resolve(schema.additionalProperties, definitions), definitions, `${path}.<name>`);
  return [];
}

/** Objects with one field each, where a value is exactly one of those; empty for another schema. */
function choicesOf(schema: JsonSchema, definitions: Record<string, JsonSchema>): JsonSchema[] {
  const alternatives = (schema.anyOf ?? schema.oneOf ?? []).map((one) => resolve(one, definitions));
  const isChoice = alternatives.every(({ properties = {} }) => Object.keys(properties).length === 1);
  return alternatives.length > 1 && isChoice ? alternatives : [];
}

/** What a value may be, for a reader who knows neither JSON Schema nor Nix's types. */
function typeInWords(unresolved: JsonSchema, definitions: Record<string, JsonSchema>): string {
  const { schema, isNullable } = withoutNull(resolve(unresolved, definitions), definitions);
  const type = plainType(schema, definitions);
  return isNullable ? `${type}, or null` : type;
}

function plainType(schema: JsonSchema, definitions: Record<string, JsonSchema>): string {
  if (schema["x-nix-type"] === "secretRef") return "[secret reference](#secret-references)";
  if (schema["x-nix-type"] === "directSecretRef") return "[direct secret reference](#secret-references)";
  if (schema["x-nix-type"] === "runtimePath") return "absolute path, as a string";
  if (choicesOf(schema, definitions).length > 0) return "exactly one of the following";
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return alternatives.map((one) => typeInWords(one, definitions)).join(", or ");
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
      return `list of ${plural(typeInWords(isSchema(schema.items) ? schema.items : {}, definitions))}`;
    case "object":
      return schema.properties === undefined
        ? `set of ${plural(typeInWords(isSchema(schema.additionalProperties) ? schema.additionalProperties : {}, definitions))} by name`
        : "set";
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
    // A long pattern says less than the description beside it.
    return whole.length <= 40 ? `string matching ${code(whole)}` : "string";
  }
  if (format !== undefined) return `string (${format})`;
  if (maxLength !== undefined) return `string of ${minLength} to ${maxLength} characters`;
  return minLength > 0 ? "string, not empty" : "string";
}

/** Every integer of zod is bounded by what JavaScript can count; those bounds say nothing. */
function numberInWords({ type, minimum = -Infinity, maximum = Infinity }: JsonSchema): string {
  const noun = type === "integer" ? "integer" : "number";
  const hasLowest = minimum > Number.MIN_SAFE_INTEGER;
  const hasHighest = maximum < Number.MAX_SAFE_INTEGER;
  if (hasLowest && hasHighest) return `${noun}, ${minimum} to ${maximum}`;
  if (hasLowest) return `${noun}, at least ${minimum}`;
  return hasHighest ? `${noun}, at most ${maximum}` : noun;
}

function plural(type: string): string {
  const [, noun = "", rest = ""] = /^(string|integer|number|boolean|set|list)\b(.*)$/s.exec(type) ?? [];
  return noun === "" ? type : `${noun}s${rest}`;
}

function withoutNull(
  schema: JsonSchema,
  definitions: Record<string, JsonSchema>,
): { schema: JsonSchema; isNullable: boolean } {
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

/** The schema that a reference stands for; what is said beside the reference counts more. */
export function resolve(unresolved: unknown, definitions: Record<string, JsonSchema>): JsonSchema {
  if (!isSchema(unresolved)) return {};
  const { $ref, ...beside } = unresolved;
  const definition = $ref === undefined ? undefined : definitions[$ref.replace(/^#\/\$defs\//, "")];
  return definition === undefined ? unresolved : { ...definition, ...beside };
}

function isSchema(schema: unknown): schema is JsonSchema {
  return typeof schema === "object" && schema !== null && !Array.isArray(schema);
}
