import { checkFormat } from "./formats.ts";
import { matchesPattern } from "./perl-pattern.ts";
import { parsePropertyString } from "./property-string.ts";
import type { Properties, Property } from "./spec.ts";
import type { Kinds } from "../http/body.ts";
import { invalid, Refusal, textOf, type ParameterErrors } from "../refusal.ts";

/** Throws all errors of the parameters at once. Source: PVE/JSONSchema.pm: validate */
export function verify(values: ReadonlyMap<string, string>, properties: Properties, kinds: Kinds): void {
  const errors = checkObject("", properties, values, kinds);
  if (errors.size > 0) throw invalid(Object.fromEntries(errors));
}

const unknown = "property is not defined in schema and the schema does not allow additional properties";

/** Errors by path; two of one path are joined by a backslash and an n. Reference: section 1.1 */
class Errors extends Map<string, string> {
  add(path: string, text: string): void {
    const before = this.get(path);
    this.set(path, before === undefined ? text : `${before}\\n${text}`);
  }
}

/** Source: PVE/JSONSchema.pm: check_object */
function checkObject(
  path: string,
  properties: Properties,
  values: ReadonlyMap<string, string>,
  kinds: Kinds = new Map(),
): Errors {
  const errors = new Errors();
  const at = (name: string): string => (path === "" ? name : `${path}.${name}`);
  for (const [name, property] of Object.entries(properties)) {
    const kindError = wrongKind(kinds.get(name), property);
    if (kindError === undefined) checkProperty(values.get(name), property, at(name), errors);
    else errors.add(at(name), kindError);
  }
  for (const name of values.keys()) {
    const property = properties[name];
    if (property === undefined) errors.add(at(name), unknown);
    else if (property.requires !== undefined && !values.has(property.requires)) {
      errors.add(at(property.requires), `missing property required by '${at(name)}'`);
    }
  }
  return errors;
}

/** Lists may be arrays, booleans may be true and false; nothing else may. Source: normalize_legacy_param_formats */
function wrongKind(kind: "ARRAY" | "JSON::PP::Boolean" | undefined, { type, format }: Property): string | undefined {
  const isList = type === "array" || (typeof format === "string" && format.endsWith("-list"));
  const isFine = kind === undefined || (kind === "ARRAY" ? isList : type === "boolean");
  return isFine ? undefined : `type check ('${type}') failed - got ${kind}`;
}

/** Source: PVE/JSONSchema.pm: check_prop, which stops at the first error of a property */
function checkProperty(value: string | undefined, property: Property, path: string, errors: Errors): void {
  if (property.alias !== undefined) return;
  if (value === undefined) {
    if (property.optional !== 1) errors.add(path, "property is missing and it is not optional");
    return;
  }
  const error = typeError(value, property) ?? formatError(value, property, path) ?? rangeError(value, property);
  if (error !== undefined) errors.add(path, error);
}

const isNumber = (value: string): boolean => /^[+-]?(\d+\.\d+|\d+\.|\.\d+|\d+)([eE][+-]?\d+)?$/.test(value);

function typeError(value: string, { type }: Property): string | undefined {
  const isValid =
    (type === "boolean" && (value === "0" || value === "1")) ||
    (type === "integer" && /^[+-]?\d+$/.test(value)) ||
    (type === "number" && isNumber(value)) ||
    (type !== "boolean" && type !== "integer" && type !== "number");
  return isValid ? undefined : `type check ('${type}') failed - got '${value}'`;
}

function formatError(value: string, { format }: Property, path: string): string | undefined {
  if (format === undefined) return undefined;
  try {
    if (typeof format === "string") checkFormat(format, value, path, checkParts);
    else checkParts(format, value, path);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || error.message.startsWith("not emulated")) throw error;
    return `invalid format - ${textOf(error)}\n`;
  }
}

/** Checks a property string against its parts. */
export function checkParts(format: Properties, value: string, path: string): ReadonlyMap<string, string> {
  const parts = parsePropertyString(value, format);
  const errors = checkObject(path, format, parts);
  if (errors.size > 0) throw new Refusal(500, `format error\n${linesOf(Object.fromEntries(errors))}`);
  return parts;
}

const linesOf = (errors: ParameterErrors): string =>
  Object.entries(errors)
    .map(([name, text]) => `${name}: ${text}`)
    .join("\n");

function rangeError(value: string, property: Property): string | undefined {
  const { pattern, minLength, maxLength, minimum, maximum } = property;
  if (pattern !== undefined && !matchesPattern(pattern, value)) return "value does not match the regex pattern";
  if (maxLength !== undefined && value.length > maxLength) return `value may only be ${maxLength} characters long`;
  if (minLength !== undefined && value.length < minLength) return `value must be at least ${minLength} characters long`;
  if (isNumber(value)) {
    if (maximum !== undefined && Number(value) > Number(maximum))
      return `value must have a maximum value of ${maximum}`;
    if (minimum !== undefined && Number(value) < Number(minimum))
      return `value must have a minimum value of ${minimum}`;
  }
  const choices = property.enum ?? undefined;
  if (choices === undefined || choices.includes(value)) return undefined;
  return `value '${value}' does not have a value in the enumeration '${choices.join(", ")}'`;
}
