// Custom attributes of users and groups.
import { isEqualJson } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { failure } from "./failure.ts";
import { valuesOf, type ApiAttribute, type ApiAttributeSchema, type AttributeType } from "./graphql/shapes.ts";
import { ownAttributes } from "./marks.ts";

/** Values by the attribute's name. An empty list means that the attribute has none. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** lldap permits letters, digits and hyphens, and stores them in lower case. The attributes of marks are not for users. */
export const attributeName = z.string().check(
  z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/),
  z.refine((name) => !ownAttributes.includes(name), "another name, since this attribute stores marks"),
);

export const attributeValues = z.record(attributeName, z.array(z.string()));

/**
 * The values in the shape of the input. An attribute counts only if the deployment declared it: `declared` are the names
 * that it has written, which it also removes.
 */
export function seenValues(
  holder: { readonly attributes: readonly ApiAttribute[] },
  want: Values,
  { declared, schema }: { declared: readonly string[]; schema: readonly ApiAttributeSchema[] },
): Record<string, string[]> {
  const left = declared.filter((name) => !Object.hasOwn(want, name));
  const entries = [...Object.entries(want), ...left.map((name) => [name, undefined] as const)];
  return Object.fromEntries(
    entries.map(([name, values]) => {
      const found = valuesOf(holder, name) ?? [];
      if (values === undefined) return [name, [...found]];
      if (values.length > 0 && !declared.includes(name)) return [name, []];
      return [name, [...(isSame(found, values, typeOf(schema, name)) ? values : found)]];
    }),
  );
}

/** Attributes to write and to remove, so that these have their values. */
export function changesTo(
  seen: Values,
  want: Values,
): { readonly insert: readonly { name: string; value: readonly string[] }[]; readonly remove: readonly string[] } {
  const names = [...new Set([...Object.keys(want), ...Object.keys(seen)])];
  const differing = names.filter((name) => !isEqualJson(seen[name] ?? [], want[name] ?? []));
  const isWanted = (name: string): boolean => (want[name] ?? []).length > 0;
  return {
    insert: differing.filter(isWanted).map((name) => ({ name, value: want[name] ?? [] })),
    remove: differing.filter((name) => !isWanted(name)),
  };
}

/** Names with values: what the deployment declares. */
export const namesIn = (want: Values): string[] => Object.keys(want).filter((name) => (want[name] ?? []).length > 0);

/** Throws unless lldap can store the values: before anything is written, and with words that name the input. */
export function requireStorable(want: Values, schema: readonly ApiAttributeSchema[], kind: "user" | "group"): void {
  for (const [name, values] of Object.entries(want)) {
    const attribute = schema.find((known) => known.name === name);
    if (attribute === undefined) throw missing(name, kind);
    if (attribute.isHardcoded) throw reserved(name);
    if (!attribute.isList && values.length > 1) throw invalid(name, "takes one value and is no list");
    for (const value of values) {
      const flaw = flawOf(value, attribute.attributeType);
      if (flaw !== undefined) throw invalid(name, flaw);
    }
  }
}

const typeOf = (schema: readonly ApiAttributeSchema[], wanted: string): AttributeType =>
  schema.find(({ name }) => name === wanted)?.attributeType ?? "STRING";

function flawOf(value: string, type: AttributeType): string | undefined {
  if (value === "") return "takes no empty value: lldap would remove it. An empty list removes the attribute";
  if (type === "INTEGER" && !isInteger(value)) return "takes integers from -2^63 to 2^63 - 1";
  if (type === "DATE_TIME" && instantOf(value) === undefined)
    return "takes times in RFC 3339, such as 2026-01-31T12:00:00Z";
  if (type === "JPEG_PHOTO" && !/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return "takes JPEGs in Base64";
  return undefined;
}

function isInteger(value: string): boolean {
  if (!/^[+-]?\d{1,19}$/.test(value)) return false;
  const number = BigInt(value);
  return number >= -(2n ** 63n) && number < 2n ** 63n;
}

/** lldap sends numbers and times back in its own spelling. */
function isSame(found: readonly string[], values: readonly string[], type: AttributeType): boolean {
  const plain = (value: string): string => {
    if (type === "INTEGER" && isInteger(value)) return String(BigInt(value));
    return type === "DATE_TIME" ? (instantOf(value) ?? value) : value;
  };
  return isEqualJson(found.map(plain), values.map(plain));
}

/** The instant in one spelling: whole seconds, and the fraction without zeros at its end. */
function instantOf(value: string): string | undefined {
  const [, date, fraction = "", zone] =
    /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/.exec(value) ?? [];
  const milliseconds = Date.parse(`${date}${zone}`.toUpperCase());
  return Number.isNaN(milliseconds) ? undefined : `${milliseconds / 1000}${fraction.replace(/\.?0*$/, "")}`;
}

const missing = (name: string, kind: string): Error =>
  failure(
    `lldap has no ${kind} attribute ${name}`,
    "lldap.attribute.missing",
    "Declare it as `attribute_schema`, and take its name from the outputs of that resource",
  );

const reserved = (name: string): Error =>
  failure(
    `the attribute ${name} belongs to lldap itself`,
    "lldap.attribute.reserved",
    "Use the input of its own, such as `email` or `avatarFile`, or another name",
  );

const invalid = (name: string, flaw: string): Error =>
  failure(`the attribute ${name} ${flaw}`, "lldap.attribute.invalid", `Change the values of ${name} in \`attributes\``);
