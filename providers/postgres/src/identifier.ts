import * as z from "zod/mini";

/** PostgreSQL cuts longer names silently (NAMEDATALEN - 1), and then they are other names. */
export const maxIdentifierBytes = 63;

/** Name of an object in PostgreSQL, exactly as it will be: it is always quoted. */
export const identifier = z.string().check(
  z.minLength(1),
  z.refine((name) => Buffer.byteLength(name) <= maxIdentifierBytes, `at most ${maxIdentifierBytes} bytes long`),
  z.refine((name) => !name.includes("\0"), "without a zero character"),
);

/**
 * Name of a role. PostgreSQL keeps `public` and `none` for its grammar, and `pg_...` for its own roles.
 * https://www.postgresql.org/docs/18/sql-createrole.html
 */
export const newRoleName = identifier.check(
  z.refine(
    (name) => name !== "public" && name !== "none" && !name.startsWith("pg_"),
    "another name: `public`, `none` and what begins with `pg_` belong to PostgreSQL",
  ),
);
