import { isRawNumber } from "@nixops4-resources/protocol-core";
import { isObjectValue, isUnknown, type ObjectValue, type Value } from "../values/value.ts";
import type { Form, ObjectForm } from "./form.ts";

/** The value as a request has it, with the names of inputs. The value must not be unknown; nulls stay. */
export function toInput(value: Value, form: Form): unknown {
  if (isUnknown(value)) throw new TypeError("An unknown value cannot be part of a request");
  if (value === null || typeof value !== "object" || isRawNumber(value)) return value;
  const fitting = form.kind === "any" ? chosen(form.oneOf, value) : form;
  if (Array.isArray(value)) {
    const of = fitting.kind === "list" ? fitting.of : anything;
    return value.map((one) => toInput(one, of));
  }
  if (fitting.kind === "map") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toInput(one, fitting.of)]));
  }
  const fields = fitting.kind === "object" ? fitting.fields : [];
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => {
      // A value that carries its own type may also use the names of requests, or wrong ones, which are then reported.
      const field = fields.find((candidate) => candidate.name === name);
      return [field?.input ?? name, toInput(one, field?.form ?? anything)];
    }),
  );
}

const anything: Form = { kind: "any", oneOf: [] };

/** The form among several that has the kind of the value. */
function chosen(forms: readonly Form[], value: Value[] | ObjectValue): Form {
  const flat = forms.flatMap((form) => (form.kind === "any" ? form.oneOf : [form]));
  const kinds = Array.isArray(value) ? ["list"] : ["object", "map"];
  return flat.find(({ kind }) => kinds.includes(kind)) ?? anything;
}

/**
 * JSON from a request's answer as a value of the engine, with each attribute of an object. Raw JSON stays as it is: a large
 * number, or a reference of a configuration.
 */
export function toEngine(json: unknown, form: Form): Value {
  if (json === null || json === undefined) return null;
  if (isRawNumber(json)) return json;
  if (typeof json === "string" || typeof json === "number" || typeof json === "boolean") {
    return form.kind === "any" || typeof json === scalarTypes[form.kind] ? json : null;
  }
  if (Array.isArray(json)) return listToEngine(json, form);
  return isObject(json) ? objectToEngine(json, form) : null;
}

const scalarTypes: Partial<Record<Form["kind"], string>> = { string: "string", bool: "boolean", number: "number" };
const isObject = (json: unknown): json is Record<string, unknown> => typeof json === "object" && json !== null;

function listToEngine(json: readonly unknown[], form: Form): Value {
  const fitting = form.kind === "any" ? chosen(form.oneOf, []) : form;
  if (fitting.kind === "list") return json.map((one) => partToEngine(one, fitting.of, form));
  return fitting.kind === "any" ? json.map((one) => toEngine(one, anything)) : null;
}

function objectToEngine(json: Readonly<Record<string, unknown>>, form: Form): Value {
  const fitting = form.kind === "any" ? chosen(form.oneOf, {}) : form;
  if (fitting.kind === "object") {
    // In a value that carries its own type, an absent attribute stays absent.
    const fields = fitting.fields.filter(({ input }) => form.kind !== "any" || (json[input] ?? null) !== null);
    return Object.fromEntries(fields.map((field) => [field.name, partToEngine(json[field.input], field.form, form)]));
  }
  const of = fitting.kind === "map" ? fitting.of : fitting.kind === "any" ? anything : undefined;
  if (of === undefined) return null;
  return Object.fromEntries(Object.entries(json).map(([name, one]) => [name, partToEngine(one, of, form)]));
}

/** Within a value that carries its own type, all parts do. */
const partToEngine = (json: unknown, form: Form, within: Form): Value =>
  toEngine(json, within.kind === "any" && form.kind !== "any" ? { kind: "any", oneOf: [form] } : form);

/** Fills in the defaults of null fields, at every depth of a typed value. */
export function withDefaults(value: Value, form: Form): Value {
  if (value === null || isUnknown(value)) return value;
  if (form.kind === "list" && Array.isArray(value)) return value.map((one) => withDefaults(one, form.of));
  if (!isObjectValue(value)) return value;
  if (form.kind === "map") {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withDefaults(one, form.of)]));
  }
  return form.kind === "object" ? objectWithDefaults(value, form) : value;
}

/** The same for an object, with all of its attributes. */
export function objectWithDefaults(value: ObjectValue, { fields }: ObjectForm): ObjectValue {
  return Object.fromEntries(
    fields.map(({ name, form, fallback }) => {
      const given = value[name] ?? null;
      return [name, withDefaults(given === null ? toEngine(fallback, form) : given, form)];
    }),
  );
}
