import { Secret } from "@nixops4-resources/protocol-core";

/** A piece of SQL, ready to send. Only `sql` and its companions make it, so what is in it is quoted. */
export class Sql {
  // Private, so that no other object with a text passes for one.
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }
}

/** What may stand in `${}`: text becomes a literal, bytes a `bytea`, a name must go through `identifier`. */
export type SqlValue = Sql | Secret | string | number | boolean | null | readonly string[] | Uint8Array;

/**
 * SQL with its values quoted in place. Commands such as CREATE ROLE take no parameters, and without parameters several
 * commands fit in one round trip, which the server runs as one transaction.
 */
export function sql(strings: TemplateStringsArray, ...values: SqlValue[]): Sql {
  return new Sql(strings.reduce((text, part, index) => text + quote(values[index - 1] ?? null) + part));
}

/** The name of an object, quoted: `"shop"`. */
export function identifier(name: string): Sql {
  refuseZero(name);
  return new Sql(`"${name.replaceAll('"', '""')}"`);
}

export function join(parts: readonly Sql[], separator = ", "): Sql {
  return new Sql(parts.map(({ text }) => text).join(separator));
}

export const nothing = new Sql("");

function quote(value: SqlValue): string {
  if (value instanceof Sql) return value.text;
  if (value instanceof Secret) return literal(value.reveal());
  if (typeof value === "string") return literal(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return number(value);
  if (value instanceof Uint8Array) return bytes(value);
  return `array[${value.map(literal).join(", ")}]::text[]`;
}

/** https://www.postgresql.org/docs/18/sql-syntax-lexical.html: E'' means the same under every standard_conforming_strings. */
function literal(value: string): string {
  refuseZero(value);
  const quoted = `'${value.replaceAll("'", "''").replaceAll("\\", "\\\\")}'`;
  return value.includes("\\") ? ` E${quoted}` : quoted;
}

/** https://www.postgresql.org/docs/18/datatype-binary.html#DATATYPE-BINARY-BYTEA-HEX-FORMAT */
const bytes = (value: Uint8Array): string => ` E'\\\\x${Buffer.from(value).toString("hex")}'::bytea`;

function number(value: number): string {
  if (!Number.isSafeInteger(value)) throw new TypeError(`${value} is no integer that SQL could take exactly`);
  return String(value);
}

/** A zero byte ends a message of the wire protocol: the rest would be lost. */
function refuseZero(value: string): void {
  if (value.includes("\0")) throw new TypeError("A text with a zero character cannot be sent to PostgreSQL");
}
