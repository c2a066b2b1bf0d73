import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, type Sql } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../../errors.ts";

export const objectTypes = [
  "database",
  "schema",
  "table",
  "allTables",
  "columns",
  "sequence",
  "allSequences",
  "routine",
  "allRoutines",
  "type",
  "language",
  "foreignServer",
  "tablespace",
] as const;
type ObjectType = (typeof objectTypes)[number];

/** The inputs that identify the object of a grant. */
export interface GrantObject {
  database: string | null;
  objectType: ObjectType;
  schema: string | null;
  object: string | null;
  columns: readonly string[] | null;
}

const names = ["database", "schema", "object", "columns"] as const;

/** A kind of object, and where PostgreSQL keeps it: https://www.postgresql.org/docs/18/catalogs.html */
interface Kind {
  /** Name of the kind in messages. */
  words: string;
  /** Keyword in GRANT. */
  keyword: string;
  /** acldefault's letter. */
  letter: string;
  catalog: string;
  /** Prefix of the catalog's columns: `relname`, `relowner`, `relacl`. */
  prefix: string;
  /** Inputs that identify the object. The others must be null. */
  namedBy: readonly (typeof names)[number][];
  /** Condition for rows of this kind, if the catalog has other kinds too. */
  filter?: Sql;
}

const table = {
  keyword: "table",
  letter: "r",
  catalog: "pg_class",
  prefix: "rel",
  filter: sql`c.relkind in ('r', 'p', 'v', 'm', 'f')`,
};
const sequence = { keyword: "sequence", letter: "s", catalog: "pg_class", prefix: "rel", filter: sql`c.relkind = 'S'` };
const routine = { keyword: "routine", letter: "f", catalog: "pg_proc", prefix: "pro" };
const ofDatabase = ["database"] as const;
const ofSchema = ["database", "schema"] as const;
const inSchema = ["database", "schema", "object"] as const;
const inDatabase = ["database", "object"] as const;

export const kinds: Record<ObjectType, Kind> = {
  database: {
    words: "database",
    keyword: "database",
    letter: "d",
    catalog: "pg_database",
    prefix: "dat",
    namedBy: ofDatabase,
  },
  schema: {
    words: "schema",
    keyword: "schema",
    letter: "n",
    catalog: "pg_namespace",
    prefix: "nsp",
    namedBy: ofSchema,
  },
  table: { words: "table", ...table, namedBy: inSchema },
  allTables: { words: "all tables in", ...table, namedBy: ofSchema },
  columns: { words: "columns", ...table, letter: "c", namedBy: names },
  sequence: { words: "sequence", ...sequence, namedBy: inSchema },
  allSequences: { words: "all sequences in", ...sequence, namedBy: ofSchema },
  routine: { words: "routine", ...routine, namedBy: inSchema },
  allRoutines: { words: "all routines in", ...routine, namedBy: ofSchema },
  type: { words: "type", keyword: "type", letter: "T", catalog: "pg_type", prefix: "typ", namedBy: inSchema },
  language: {
    words: "language",
    keyword: "language",
    letter: "l",
    catalog: "pg_language",
    prefix: "lan",
    namedBy: inDatabase,
  },
  foreignServer: {
    words: "foreign server",
    keyword: "foreign server",
    letter: "S",
    catalog: "pg_foreign_server",
    prefix: "srv",
    namedBy: inDatabase,
  },
  tablespace: {
    words: "tablespace",
    keyword: "tablespace",
    letter: "t",
    catalog: "pg_tablespace",
    prefix: "spc",
    namedBy: ["object"],
  },
};

/** The database in which the object is changed and locked; null means the maintenance database, for objects of the server. */
export const homeOf = ({ objectType, database }: GrantObject): string | null =>
  objectType === "database" ? null : database;

/** Whether the object has the privileges of all objects of one kind in a schema. */
export const isWholeSchema = ({ objectType }: GrantObject): boolean => kinds[objectType].words.startsWith("all ");

/** Describes an object as `table public.orders in shop`, even if its inputs have not been checked. */
export function describeObject({ database, objectType, schema, object, columns }: GrantObject): string {
  const { words, namedBy } = kinds[objectType];
  const named = { database, schema, object };
  const path = namedBy.flatMap((input) => (input === "database" || input === "columns" ? [] : [named[input]]));
  if (path.length === 0) return `${words} ${database}`;
  const parts = namedBy.includes("columns") ? ` (${columns?.join(", ")})` : "";
  return `${words} ${path.join(".")}${parts}${namedBy.includes("database") ? ` in ${database}` : ""}`;
}

/** Rejects inputs with a missing or a superfluous name. */
export function checkNames(want: GrantObject): void {
  const { namedBy } = kinds[want.objectType];
  for (const input of names) {
    const isNeeded = namedBy.includes(input);
    if (isNeeded === (want[input] !== null)) continue;
    const reason = `\`${input}\` must ${isNeeded ? "be given" : "be null"} if \`objectType\` is ${want.objectType}`;
    const hint = `Identify ${want.objectType} by ${namedBy.map((name) => `\`${name}\``).join(" and ")}`;
    throw new ProviderError<ErrorCode>(reason, { code: "postgres.grant.object", hint });
  }
}
