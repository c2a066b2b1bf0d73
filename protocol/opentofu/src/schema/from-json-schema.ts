import { choicesOf, resolve, withoutNull, type JsonSchema } from "@nixops4-resources/protocol-core/generate";
import type { Field, Form, ObjectForm } from "./form.ts";
import { snakeCase } from "./names.ts";

type Definitions = Readonly<Record<string, JsonSchema>>;

/** The form of a schema's values. Throws for a schema that no input of this suite has. */
export function formOf(unresolved: unknown, definitions: Definitions): Form {
  const { schema } = withoutNull(resolve(unresolved, definitions), definitions);
  const choices = choicesOf(schema, definitions);
  if (choices.length > 0) return choiceOf(choices, definitions);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return { kind: "any", oneOf: alternatives.map((one) => formOf(one, definitions)) };
  const values = schema.enum ?? (schema.const === undefined ? undefined : [schema.const]);
  if (values !== undefined) return ofValues(values);
  switch (schema.type) {
    case "string":
      return { kind: "string" };
    case "boolean":
      return { kind: "bool" };
    case "integer":
    case "number":
      return { kind: "number" };
    case "array":
      return collection("list", formOf(schema.items, definitions));
    case "object":
      if (schema.properties !== undefined) return objectOf(schema, definitions);
      // An object without any description of its fields is any JSON.
      return isDescribed(schema.additionalProperties)
        ? collection("map", formOf(schema.additionalProperties, definitions))
        : { kind: "any", oneOf: [] };
    case undefined:
      return { kind: "any", oneOf: [] };
    case "null":
    default:
      throw new Error(`Unable to map a schema to OpenTofu: ${JSON.stringify(schema)}.`);
  }
}

const isDescribed = (schema: unknown): boolean =>
  typeof schema === "object" && schema !== null && Object.keys(schema).length > 0;

function ofValues(values: readonly unknown[]): Form {
  if (values.every((value) => typeof value === "string")) return { kind: "string" };
  return values.every((value) => typeof value === "boolean") ? { kind: "bool" } : { kind: "any", oneOf: [] };
}

/**
 * All elements of a collection have one type, so one that contains values of any type is such a value as a whole. So is a
 * collection of collections of objects, in which the engine knows no optional attributes.
 */
function collection(kind: "list" | "map", of: Form): Form {
  const isDeep = (of.kind === "list" || of.kind === "map") && containsObject(of);
  return isDeep || containsAny(of) ? { kind: "any", oneOf: [{ kind, of }] } : { kind, of };
}

function containsAny(form: Form): boolean {
  if (form.kind === "list" || form.kind === "map") return containsAny(form.of);
  return form.kind === "any" || (form.kind === "object" && form.fields.some((field) => containsAny(field.form)));
}

function containsObject(form: Form): boolean {
  return form.kind === "object" || ((form.kind === "list" || form.kind === "map") && containsObject(form.of));
}

export function objectOf(schema: JsonSchema, definitions: Definitions): ObjectForm {
  const required = schema.required ?? [];
  return {
    kind: "object",
    fields: Object.entries(schema.properties ?? {}).map(([input, field]) =>
      fieldOf(input, field, required.includes(input), definitions),
    ),
  };
}

function choiceOf(choices: readonly JsonSchema[], definitions: Definitions): ObjectForm {
  const kinds = choices.flatMap(({ properties = {} }) => Object.entries(properties));
  return {
    kind: "object",
    isChoice: true,
    fields: kinds.map(([input, field]) => fieldOf(input, field, false, definitions)),
  };
}

function fieldOf(input: string, unresolved: unknown, isRequired: boolean, definitions: Definitions): Field {
  const field = resolve(unresolved, definitions);
  const fallback: unknown = field.default ?? undefined;
  return {
    name: snakeCase(input),
    input,
    description: field.description ?? withoutNull(field, definitions).schema.description ?? "",
    form: formOf(field, definitions),
    isRequired: isRequired && !("default" in field),
    ...(fallback !== undefined && { fallback }),
  };
}
