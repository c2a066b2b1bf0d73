import { readMark, type Listed } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { RoleInputs } from "./inputs.ts";
import { seenMemberships, selectGrants, type Membership, type MembershipGrant } from "./membership.ts";
import { seenSettings, type Settings } from "../settings.ts";

/** Inputs that are columns of pg_roles with the same meaning. */
type Attributes = Pick<
  RoleInputs,
  | "name"
  | "login"
  | "connectionLimit"
  | "createdb"
  | "createrole"
  | "inherit"
  | "replication"
  | "bypassrls"
  | "superuser"
>;

/** A role in the shape of the inputs, with its comment, membership grants and stored password. */
export interface SeenRole extends Attributes {
  validUntil: string | null;
  memberOf: Membership[];
  settings: Settings;
  comment: string | null;
  grants: MembershipGrant[];
  /** Null if none is stored; undefined if the account is not superuser and cannot see it. */
  storedPassword: string | null | undefined;
}

interface Row extends Attributes {
  /** Milliseconds since 1970; null if the password never expires. */
  validUntilMs: number | null;
  comment: string | null;
  settings: string[] | null;
  grants: MembershipGrant[];
  storedPassword: string | null;
}

/**
 * The current state of a role. A value equal in meaning to the wanted one is returned in the wanted spelling.
 * https://www.postgresql.org/docs/18/catalog-pg-authid.html
 */
export async function selectRole(
  session: ReadSession,
  wanted: Pick<RoleInputs, "name" | "validUntil" | "memberOf" | "settings">,
): Promise<SeenRole | undefined> {
  const { isSuperuser } = session.facts;
  // PostgreSQL rejects a query that names a column which the account may not read.
  const [storedPassword, catalog] = isSuperuser
    ? [sql`member.rolpassword`, sql`pg_authid`]
    : [sql`null`, sql`pg_roles`];
  const [row] = await session.query<Row>(sql`
    select rolname as name, rolcanlogin as login, rolconnlimit as "connectionLimit", rolcreatedb as createdb,
           rolcreaterole as createrole, rolinherit as inherit, rolreplication as replication,
           rolbypassrls as bypassrls, rolsuper as superuser,
           case when isfinite(rolvaliduntil) then extract(epoch from rolvaliduntil)::float8 * 1000 end as "validUntilMs",
           shobj_description(member.oid, 'pg_authid') as comment,
           (select setconfig from pg_db_role_setting where setrole = member.oid and setdatabase = 0) as settings,
           ${selectGrants} as grants, ${storedPassword} as "storedPassword"
    from ${catalog} as member where rolname = ${wanted.name}`);
  if (row === undefined) return undefined;
  const { validUntilMs, ...seen } = row;
  return {
    ...seen,
    validUntil: seenTime(validUntilMs, wanted.validUntil),
    settings: seenSettings(row.settings, wanted.settings),
    memberOf: seenMemberships(row.grants, wanted.memberOf),
    storedPassword: isSuperuser ? row.storedPassword : undefined,
  };
}

function seenTime(milliseconds: number | null, wanted: string | null): string | null {
  if (milliseconds === null) return null;
  if (wanted !== null && Date.parse(wanted) === Math.floor(milliseconds)) return wanted;
  return new Date(milliseconds).toISOString();
}

export async function listRoles(session: ReadSession, managedBy: string): Promise<Listed[]> {
  const rows = await session.query<{ name: string; comment: string }>(sql`
    select rolname as name, shobj_description(oid, 'pg_authid') as comment from pg_roles
    where shobj_description(oid, 'pg_authid') like '%nixops4:%' order by 1`);
  return rows.flatMap(({ name, comment }) => {
    const mark = readMark(comment);
    return mark?.managedBy === managedBy ? [{ label: name, inputs: { name }, mark }] : [];
  });
}
