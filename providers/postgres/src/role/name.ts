import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";

/**
 * Name of a role that can be created. PostgreSQL reserves `public` and `none` in its grammar, and `pg_...` for its own
 * roles.
 * https://www.postgresql.org/docs/18/sql-createrole.html
 */
export const newRoleName = objectName.check(
  z.refine(
    (name) => name !== "public" && name !== "none" && !name.startsWith("pg_"),
    "another name: PostgreSQL reserves `public`, `none` and names that begin with `pg_`",
  ),
);
