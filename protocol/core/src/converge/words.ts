import { closest, distance } from "fastest-levenshtein";
import type * as z from "zod/mini";
import { ProviderError } from "../report/error.ts";
import type { Unsupported } from "../resource/resource.ts";
import { exactlyOneOf } from "../resource/tagged.ts";
import { isObject, type Properties } from "../wire/wire.ts";

type Issue = z.core.$ZodIssue;

/** Describes invalid inputs in words, which zod/mini does not do. Never repeats the value of a `secret` input. */
export function inputError(issues: readonly Issue[], context: Context): ProviderError {
  const reasons = withoutWiderBounds(issues).map((issue) => faultOf(issue, context));
  return new ProviderError(reasons.map(({ text }) => text).join("; "), {
    code: "protocol.inputs.invalid",
    hint: reasons.find(({ hint }) => hint !== undefined)?.hint ?? "Correct the inputs of this resource",
  });
}

/** An integer beyond what JavaScript counts exactly also violates the bound of the input, which zod checks later. */
const withoutWiderBounds = (issues: readonly Issue[]): Issue[] =>
  issues.filter(({ code, path }, index) => {
    const isSame = (other: Issue): boolean => other.code === code && toPath(other.path) === toPath(path);
    return !(code === "too_big" || code === "too_small") || !issues.slice(index + 1).some(isSame);
  });

interface Context {
  secret: readonly PropertyKey[];
  schema: z.ZodMiniObject;
  raw: Properties;
  /** Unknown inputs at the top that deserve more than a guess. */
  unsupported: Readonly<Record<string, Unsupported>>;
}

function faultOf(issue: Issue, context: Context): { text: string; hint?: string } {
  const path = toPath(issue.path);
  if (issue.code === "unrecognized_keys") {
    const known = keysAt(context.schema, issue.path);
    const text = issue.keys.map((key) => `there is no input \`${toPath([...issue.path, key])}\``).join(", ");
    const explained = issue.path.length === 0 ? firstOf(context.unsupported, issue.keys) : undefined;
    if (explained !== undefined) return { text: `${text}: ${explained.reason}`, hint: explained.hint };
    const guess = nearest(issue.keys[0] ?? "", known);
    return {
      text,
      hint:
        guess === undefined
          ? `The inputs are ${known.join(", ")}`
          : `Did you mean \`${toPath([...issue.path, guess])}\`?`,
    };
  }
  const value = valueAt(context.raw, issue.path);
  if (value === undefined || value === null) return { text: `\`${path}\` is missing` };
  return { text: `\`${path}\` must be ${expected(issue, context.schema)}${got(issue, value, context.secret)}` };
}

/** The message of an issue to which the schema gives none. */
const noWords = "Invalid input";
const seeDescription = "a value that its description allows";

function expected(issue: Issue, schema: z.ZodMiniObject): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" || issue.expected === "number" ? "an integer" : article(issue.expected);
    case "too_small":
      return issue.origin === "string" || issue.origin === "array"
        ? `at least ${issue.minimum} ${issue.origin === "string" ? "characters" : "entries"} long`
        : `>= ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string" || issue.origin === "array"
        ? `at most ${issue.maximum} ${issue.origin === "string" ? "characters" : "entries"} long`
        : `<= ${issue.maximum}`;
    case "invalid_format":
      return issue.format === "regex"
        ? `of the form ${issue.pattern ?? "in its description"}`
        : `a valid ${issue.format}`;
    case "invalid_value":
      if (issue.message !== noWords) return issue.message;
      return `one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_union":
      return oneOf(issue, schema);
    case "custom":
      return issue.message === noWords ? seeDescription : issue.message;
    case "not_multiple_of":
      return `a multiple of ${issue.divisor}`;
    case "invalid_key":
    case "invalid_element":
    case "unrecognized_keys":
    default:
      return seeDescription;
  }
}

/** A union of objects with one key each, such as a secret reference, is described by these keys. */
function oneOf(issue: Extract<Issue, { code: "invalid_union" }>, schema: z.ZodMiniObject): string {
  const branches = branchesOf(schemaAt(schema, issue.path)).map((branch) => Object.keys(shapeOf(branch) ?? {}));
  if (branches.length > 0 && branches.every(({ length }) => length === 1)) {
    return exactlyOneOf(branches.flat());
  }
  const inner = issue.errors.flatMap((branch) => branch.map((part) => expected(part, schema)));
  return [...new Set(inner)].join(" or ");
}

/** The rejected value, if it is safe to show: not if the input is a secret or may contain one. */
function got(issue: Issue, value: unknown, secret: readonly PropertyKey[]): string {
  const isSecret = secret.includes(String(issue.path[0])) || issue.code === "invalid_union" || issue.code === "custom";
  if (isSecret || (typeof value === "object" && value !== null)) return "";
  return `, got ${JSON.stringify(value).slice(0, 80)}`;
}

const firstOf = (unsupported: Context["unsupported"], keys: readonly string[]): Unsupported | undefined =>
  keys.flatMap((key) => (Object.hasOwn(unsupported, key) ? (unsupported[key] ?? []) : []))[0];

/** The nearest known name, if it is near enough to be a typing error. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const guess = closest(name.toLowerCase(), [...known]);
  return distance(name.toLowerCase(), guess.toLowerCase()) <= Math.max(2, name.length / 3) ? guess : undefined;
}

const keysAt = (schema: z.ZodMiniObject, path: readonly PropertyKey[]): string[] =>
  Object.keys(shapeOf(schemaAt(schema, path)) ?? {});

function schemaAt(schema: z.ZodMiniObject, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((current, key) => shapeOf(current)?.[String(key)], schema);
}

/** The fields of an object schema; for a union of objects, the fields of all of them. */
function shapeOf(schema: unknown): Properties | undefined {
  const shape = firstDef(schema, (def) => (isObject(def["shape"]) ? def["shape"] : undefined));
  const branches = shape === undefined ? branchesOf(schema).map((branch) => shapeOf(branch)) : [];
  return shape ?? (branches.length > 0 ? Object.assign({}, ...branches) : undefined);
}

/** The branches of a union. */
const branchesOf = (schema: unknown): unknown[] =>
  firstDef(schema, ({ options }) => (Array.isArray(options) && options.length > 0 ? options : undefined)) ?? [];

/** The result of `pick` for the schema, or for the schema inside its defaults, nullables and lazy getters. */
function firstDef<T>(schema: unknown, pick: (def: Properties) => T | undefined): T | undefined {
  if (!isObject(schema) || !isObject(schema["def"])) return undefined;
  const { def } = schema;
  const { innerType, getter } = def;
  return pick(def) ?? firstDef(typeof getter === "function" ? getter() : innerType, pick);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  let current = raw;
  for (const key of path) current = isObject(current) || Array.isArray(current) ? Reflect.get(current, key) : undefined;
  return current;
}

/** `grants[0].role`, as in source code. */
function toPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === "number" ? `${text}[${key}]` : text === "" ? String(key) : `${text}.${String(key)}`),
    "",
  );
}

const article = (noun: string): string =>
  `${/^[aeiou]/.test(noun) ? "an" : "a"} ${noun === "record" ? "set of names and values" : noun}`;
