import { sql, type ReadSession, type Sql } from "@nixops4-resources/protocol-postgres";

/** What belongs to a role or refers to it in one database, and so prevents DROP ROLE. */
export interface Holdings {
  /** Null for what all databases share. */
  database: string | null;
  /** Objects in the database that the role owns, and that REASSIGN OWNED gives to another role. */
  objects: number;
  /** Objects of the whole server that the role owns, in words: `database shop`. */
  shared: string[];
  /** Objects on which the role has privileges. */
  privileges: number;
  /** Other entries that DROP OWNED removes. */
  others: number;
}

/** The holdings of a role in every database. Empty if there are none. */
export const selectHoldings = (session: ReadSession, name: string): Promise<Holdings[]> =>
  session.query(sql`
    select database, count(*) filter (where "isOwned" and database is not null)::int as objects,
           coalesce(
             array_agg(pg_describe_object(classid, objid, objsubid)) filter (where "isOwned" and database is null), '{}'
           ) as shared,
           count(distinct (classid, objid)) filter (where "isPrivilege")::int as privileges,
           count(*) filter (where not "isOwned" and not "isPrivilege")::int as others
    from (select *, ${isOwned} as "isOwned", ${isPrivilege} as "isPrivilege" from ${entriesOf(name)}) entries
    group by database order by database nulls first`);

/** What is left of the holdings in the database of the session and of the shared ones, in words: `table orders`. */
export async function leftHere(session: ReadSession, name: string, which: "owned" | "any"): Promise<string[]> {
  const rows = await session.query<{ object: string }>(sql`
    select distinct pg_describe_object(classid, objid, objsubid) as object from ${entriesOf(name)}
    where coalesce(database, current_database()) = current_database() and (${isOwned} or ${which === "any"})
    order by 1`);
  return rows.map(({ object }) => object);
}

/** The owners of the objects in the database of the session, and of the shared ones, on which a role has privileges. */
export async function grantorsHere(session: ReadSession, name: string): Promise<string[]> {
  const rows = await session.query<{ owner: string }>(sql`
    select distinct pg_get_userbyid(o.refobjid) as owner
    from ${entriesOf(name)} join pg_shdepend o using (dbid, classid, objid)
    where coalesce(database, current_database()) = current_database() and ${isPrivilege}
      and o.deptype = 'o' and o.refclassid = 'pg_authid'::regclass
    order by 1`);
  return rows.map(({ owner }) => owner);
}

/** Rows about everything that depends on a role; https://www.postgresql.org/docs/18/catalog-pg-shdepend.html */
const entriesOf = (name: string): Sql => sql`(
      select d.datname as database, s.dbid, s.classid, s.objid, s.objsubid, s.deptype as kind
      from pg_shdepend s left join pg_database d on d.oid = s.dbid
      where s.refclassid = 'pg_authid'::regclass and pg_get_userbyid(s.refobjid) = ${name}
    ) entry`;

/** Not default privileges, user mappings and memberships that the role granted: nobody else can have these. */
const isTransferable = sql`entry.classid not in
      ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass, 'pg_auth_members'::regclass)`;
const isOwned = sql`(entry.kind = 'o' and ${isTransferable})`;
const isPrivilege = sql`(entry.kind in ('a', 'i') and ${isTransferable})`;

interface Verbs {
  gives: string;
  revokes: string;
  removes: string;
}

export const wouldDo: Verbs = { gives: "would give", revokes: "would revoke", removes: "would remove" };
export const haveDone: Verbs = { gives: "gave", revokes: "revoked", removes: "removed" };

/** `gave to dba: database shop, 5 objects in shop; revoked: privileges on 3 objects`; undefined if there is nothing. */
export function inWords(
  holdings: readonly Holdings[],
  to: string,
  { gives, revokes, removes }: Verbs,
): string | undefined {
  const owned = [
    ...holdings.flatMap(({ shared }) => shared),
    ...holdings.flatMap(({ database, objects }) =>
      objects > 0 ? [`${counted(objects, "object")} in ${database}`] : [],
    ),
  ];
  const [privileges, others] = [sum(holdings, "privileges"), sum(holdings, "others")];
  const parts = [
    ...(owned.length > 0 ? [`${gives} to ${to}: ${owned.join(", ")}`] : []),
    ...(privileges > 0 ? [`${revokes}: privileges on ${counted(privileges, "object")}`] : []),
    ...(others > 0
      ? [`${removes}: ${others} of default privileges, policies, user mappings and memberships that it granted`]
      : []),
  ];
  return parts.length > 0 ? parts.join("; ") : undefined;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

const sum = (holdings: readonly Holdings[], of: "privileges" | "others"): number =>
  holdings.reduce((total, each) => total + each[of], 0);
