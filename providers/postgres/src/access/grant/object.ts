import { ProviderError, readMark } from "@nixops4-resources/protocol-core";
import { join, lockForTransaction, nothing, sql, Sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../../errors.ts";
import { accessColumns, accessList, type AccessRow } from "../access-list.ts";
import { columnEntries, readColumnAccess } from "./columns.ts";
import type { Access, AccessGoal } from "../goal.ts";
import { describeObject, isWholeSchema, kinds, type GrantObject } from "./kinds.ts";
import { everyone } from "../privileges.ts";
import { Rights } from "../rights.ts";

/** The lock that serializes concurrent changes. A schema and the objects in it share one lock. */
export const lockOf = ({ database, objectType, schema, object }: GrantObject): Sql =>
  schema !== null ? lockForTransaction("schema", schema) : lockForTransaction(objectType, String(object ?? database));

/** Reads the access lists of the object or objects; undefined if the object or its schema does not exist. */
export async function readObjectAccess(session: ReadSession, want: GrantObject): Promise<Access | undefined> {
  if (want.objectType === "columns") return await readColumnAccess(session, want);
  const { namedBy, keyword } = kinds[want.objectType];
  const rows = await session.query<AccessRow & DatabaseRow & { name: string | null }>(accessQuery(want));
  const lists = rows.flatMap((row) =>
    row.name === null ? [] : [accessList(row, { on: new Sql(`${keyword} ${row.name}`), spared: sparedIn(row) })],
  );
  const [first] = rows;
  const isOneInSchema = namedBy.includes("schema") && namedBy.includes("object");
  // A schema without such objects yields one row, which has no name.
  if (first === undefined || (isOneInSchema && lists.length === 0)) return undefined;
  if (isOneInSchema && lists.length > 1) throw ambiguous(want);
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
    const ofColumns = prefix === "rel" ? sql`${columnEntries} as "columnEntries",` : nothing;
    const quoted =
      objectType === "routine" || objectType === "allRoutines"
        ? sql`c.oid::regprocedure::text`
        : sql`format('%I.%I', n.nspname, ${column("name")})`;
    const conditions = [sql`${column("namespace")} = n.oid`];
    if (filter !== undefined) conditions.push(filter);
    if (object !== null) conditions.push(hasName(column("name"), objectType, object));
    return sql`
      select case when c.oid is not null then ${quoted} end as name, ${ofColumns}
        ${accessColumns({ kind: letter, owner: sql`coalesce(${owner}, n.nspowner)`, acl: column("acl") })}
      from pg_namespace n left join ${from} on ${join(conditions, " and ")}
      where n.nspname = ${schema}`;
  }
  const name = schema ?? object ?? database;
  const ofDatabase = sql`session_user::text as account, shobj_description(c.oid, 'pg_database') as comment,`;
  return sql`
    select quote_ident(${column("name")}) as name, ${objectType === "database" ? ofDatabase : nothing}
      ${accessColumns({ kind: letter, owner, acl: column("acl") })}
    from ${from} where ${column("name")} = ${name}`;
}

/** Condition for the name. A routine can be named with the types of its arguments: `add(integer, integer)`. */
function hasName(column: Sql, objectType: GrantObject["objectType"], object: string): Sql {
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
  const object = describeObject(isWholeSchema(want) ? { ...want, objectType: "schema" } : want);
  return new ProviderError<ErrorCode>(`${object} does not exist`, {
    code: "postgres.object.missing",
    hint: "Create it first, or correct its name",
  });
}
