import { ProviderError, Secret } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";

/** A piece of SQL. Create it with `sql`, `identifier` and `join`, which quote values; the constructor does not. */
export class Sql {
  // Private, so that TypeScript accepts no other object with a `text`.
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

/**
 * Values allowed in `${}`: a string becomes a literal, bytes become a `bytea`. Names must be passed through
 * `identifier`.
 */
export type SqlValue = Sql | Secret | string | number | boolean | null | readonly string[] | Uint8Array;

/**
 * SQL with its values quoted in place instead of parameters. Commands such as CREATE ROLE accept no parameters, and
 * without parameters the server runs several commands in one round trip and one transaction.
 */
export function sql(strings: TemplateStringsArray, ...values: SqlValue[]): Sql {
  return new Sql(strings.reduce((text, part, index) => text + quote(values[index - 1] ?? null) + part));
}

/** The quoted name of an object: `"shop"`. */
export function identifier(name: string): Sql {
  rejectZero(name);
  return new Sql(`"${name.replaceAll('"', '""')}"`);
}

export function join(parts: readonly Sql[], separator = ", "): Sql {
  return new Sql(parts.map(({ text }) => text).join(separator));
}

export const nothing = new Sql("");

function quote(value: SqlValue): string {
  if (value instanceof Sql) return value.text;
  if (value instanceof Secret) return literal(value.revealText());
  if (typeof value === "string") return literal(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (value instanceof Uint8Array) return bytes(value);
  return `array[${value.map(literal).join(", ")}]::text[]`;
}

/**
 * https://www.postgresql.org/docs/18/sql-syntax-lexical.html; E'' means the same with every value of
 * standard_conforming_strings.
 */
function literal(value: string): string {
  rejectZero(value);
  const quoted = `'${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return value.includes("\\") ? ` E${quoted}` : quoted;
}

/** https://www.postgresql.org/docs/18/datatype-binary.html#DATATYPE-BINARY-BYTEA-HEX-FORMAT */
const bytes = (value: Uint8Array): string => ` E'\\\\x${Buffer.from(value).toString("hex")}'::bytea`;

function number(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is not a safe integer`);
  return String(value);
}

/** A zero byte ends a string in the wire protocol, so the rest would be lost. */
function rejectZero(value: string): void {
  if (!value.includes("\0")) return;
  throw new ProviderError<ErrorCode>("PostgreSQL does not accept a text with a zero character (NUL)", {
    code: "postgres.text.zero",
    hint: "Remove the zero character from the names, values and secrets of this resource",
  });
}
