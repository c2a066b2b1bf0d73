import { ProviderError, readMark } from "@nixops4-resources/protocol-core";
import { join, lockForTransaction, nothing, sql, Sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { Access, AccessGoal } from "./goal.ts";
import { everyone } from "./privileges.ts";
import { Rights } from "./rights.ts";
import { accessColumns, accessList, type AccessRow } from "./access-list.ts";
import type { ErrorCode } from "../errors.ts";

export const objectTypes = [
  "database",
  "schema",
  "table",
  "allTables",
  "sequence",
  "allSequences",
  "routine",
  "allRoutines",
  "type",
  "language",
  "foreignServer",
] as const;
type ObjectType = (typeof objectTypes)[number];

/** The inputs that identify the object of a grant. */
export interface GrantObject {
  database: string;
  objectType: ObjectType;
  schema: string | null;
  object: string | null;
}

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
  /** Inputs that identify the object, besides `database`. */
  namedBy: readonly ("schema" | "object")[];
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
const ofSchema = ["schema"] as const;
const inSchema = ["schema", "object"] as const;
const byName = ["object"] as const;

const kinds: Record<ObjectType, Kind> = {
  database: { words: "database", keyword: "database", letter: "d", catalog: "pg_database", prefix: "dat", namedBy: [] },
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
    namedBy: byName,
  },
  foreignServer: {
    words: "foreign server",
    keyword: "foreign server",
    letter: "S",
    catalog: "pg_foreign_server",
    prefix: "srv",
    namedBy: byName,
  },
};

/** Describes an object as `table public.orders in shop`, even if its inputs have not been checked. */
export function describeObject({ database, objectType, schema, object }: GrantObject): string {
  const { words, namedBy } = kinds[objectType];
  const named = { schema, object };
  const name = namedBy.map((input) => named[input]).join(".");
  return namedBy.length === 0 ? `${words} ${database}` : `${words} ${name} in ${database}`;
}

/** Rejects inputs with a missing or a superfluous name. */
export function checkNames(want: GrantObject): void {
  const { namedBy } = kinds[want.objectType];
  for (const input of inSchema) {
    const isNeeded = namedBy.some((name) => name === input);
    if (isNeeded === (want[input] !== null)) continue;
    const reason = `\`${input}\` must ${isNeeded ? "be given" : "be null"} if \`objectType\` is ${want.objectType}`;
    const hint = `Identify ${want.objectType} by ${["database", ...namedBy].map((name) => `\`${name}\``).join(" and ")}`;
    throw new ProviderError<ErrorCode>(reason, { code: "postgres.grant.object", hint });
  }
}

/** The lock that serializes concurrent changes. A schema and the objects in it share one lock. */
export function lockOf({ database, objectType, schema, object }: GrantObject): Sql {
  if (schema !== null) return lockForTransaction("schema", schema);
  return object === null ? lockForTransaction("database", database) : lockForTransaction(objectType, object);
}

/** Reads the access lists of the object or objects; undefined if the object or its schema does not exist. */
export async function readObjectAccess(session: ReadSession, want: GrantObject): Promise<Access | undefined> {
  const { namedBy, keyword } = kinds[want.objectType];
  const rows = await session.query<AccessRow & DatabaseRow & { name: string | null }>(accessQuery(want));
  const lists = rows.flatMap((row) =>
    row.name === null ? [] : [accessList(row, nothing, new Sql(`${keyword} ${row.name}`), sparedIn(row))],
  );
  const [first] = rows;
  // A schema without such objects yields one row, which has no name.
  if (first === undefined || (namedBy === inSchema && lists.length === 0)) return undefined;
  if (namedBy === inSchema && lists.length > 1) throw ambiguous(want);
  return { lists, privileges: first.privileges };
}

/** Further columns of a database. */
interface DatabaseRow {
  account?: string;
  comment?: string | null;
}

/**
 * CONNECT of the account, without which it could not manage what is in the database, and CONNECT of everyone, if a
 * `database` resource manages it (`revokePublicConnect`).
 */
function sparedIn({ account, comment }: DatabaseRow): Rights {
  if (account === undefined) return new Rights();
  const grantees = readMark(comment) === undefined ? [account] : [account, everyone];
  return new Rights(grantees.map((grantee) => ({ grantee, privilege: "CONNECT", isOption: false })));
}

/** Rejects a goal that a `database` resource would undo at its next apply. */
export function rejectFight({ lists }: Access, { want }: AccessGoal): void {
  const connect = { grantee: everyone, privilege: "CONNECT", isOption: false };
  if (!want.has(connect) || !lists.some(({ spared }) => spared.has(connect))) return;
  throw new ProviderError<ErrorCode>("a `database` resource manages whether PUBLIC may connect to this database", {
    code: "postgres.grant.publicConnect",
    hint: "Set `revokePublicConnect = false` on the `database` resource, and remove CONNECT of PUBLIC from this grant",
  });
}

function accessQuery({ database, objectType, schema, object }: GrantObject): Sql {
  const { catalog, prefix, letter, namedBy, filter } = kinds[objectType];
  const column = (name: string): Sql => new Sql(`c.${prefix}${name}`);
  const owner = objectType === "database" ? sql`c.datdba` : column("owner");
  const from = new Sql(`pg_catalog.${catalog} c`);
  if (objectType !== "schema" && namedBy.includes("schema")) {
    const quoted =
      objectType === "routine" || objectType === "allRoutines"
        ? sql`c.oid::regprocedure::text`
        : sql`format('%I.%I', n.nspname, ${column("name")})`;
    const conditions = [sql`${column("namespace")} = n.oid`];
    if (filter !== undefined) conditions.push(filter);
    if (object !== null) conditions.push(hasName(column("name"), objectType, object));
    return sql`
      select case when c.oid is not null then ${quoted} end as name,
        ${accessColumns({ kind: letter, owner: sql`coalesce(${owner}, n.nspowner)`, acl: column("acl") })}
      from pg_namespace n left join ${from} on ${join(conditions, " and ")}
      where n.nspname = ${schema}`;
  }
  const name = namedBy.length === 0 ? database : (schema ?? object);
  const ofDatabase = sql`session_user::text as account, shobj_description(c.oid, 'pg_database') as comment,`;
  return sql`
    select quote_ident(${column("name")}) as name, ${objectType === "database" ? ofDatabase : nothing}
      ${accessColumns({ kind: letter, owner, acl: column("acl") })}
    from ${from} where ${column("name")} = ${name}`;
}

/** Condition for the name. A routine can be named with the types of its arguments: `add(integer, integer)`. */
function hasName(column: Sql, objectType: ObjectType, object: string): Sql {
  const [, name = "", types] = (objectType === "routine" && /^(.*?)(\(.*\))$/s.exec(object)) || [];
  if (types === undefined) return sql`${column} = ${object}`;
  return sql`c.oid = to_regprocedure(format('%I.%I', n.nspname, ${name}::text) || ${types})`;
}

function ambiguous(want: GrantObject): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`several routines match ${describeObject(want)}`, {
    code: "postgres.grant.object",
    hint: "Add the types of the arguments to `object`, as in `add(integer, integer)`",
  });
}

export function objectMissing(want: GrantObject): ProviderError<ErrorCode> {
  const isWholeSchema = kinds[want.objectType].words.startsWith("all ");
  const object = describeObject(isWholeSchema ? { ...want, objectType: "schema" } : want);
  return new ProviderError<ErrorCode>(`${object} does not exist`, {
    code: "postgres.object.missing",
    hint: "Create it first, or correct `database`, `schema` and `object`",
  });
}
