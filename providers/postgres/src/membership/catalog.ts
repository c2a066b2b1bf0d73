import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import { nothing, sql, type ReadSession, type Sql } from "@nixops4-resources/protocol-postgres";
import { hasGrantOptions, storedOptions, type MembershipOptions } from "./options.ts";

/** The inputs that identify a membership. */
export interface Pair {
  role: string;
  member: string;
}

/** A role and a possible member of it. */
export interface SeenPair {
  /** The mark of the member, which also covers its memberships. */
  mark: Mark | undefined;
  /** The member's own `inherit`. */
  inherits: boolean;
  /** The role as which this account grants and revokes; null if it may not. */
  grantor: string | null;
  /** The grant of that grantor; null if there is none. Before PostgreSQL 16, the only grant. */
  granted: MembershipOptions | null;
}

/**
 * Undefined if one of the roles does not exist.
 * https://www.postgresql.org/docs/18/catalog-pg-auth-members.html
 */
export async function selectPair(session: ReadSession, { role, member }: Pair): Promise<SeenPair | undefined> {
  const ofGrantor = hasGrantOptions(session.facts) ? sql`and m.grantor = grantor.oid` : nothing;
  const [row] = await session.query<Omit<SeenPair, "mark"> & { comment: string | null }>(sql`
    select shobj_description(member.oid, 'pg_authid') as comment, member.rolinherit as inherits,
           grantor.rolname as grantor,
           case when m.roleid is not null then json_build_object(
             'admin', ${storedOptions.admin}, 'inherit', ${storedOptions.inherit}, 'set', ${storedOptions.set}
           ) end as granted
    from pg_roles role cross join pg_roles member
    left join pg_roles grantor on grantor.oid = ${ownGrantor}
    left join pg_auth_members m on m.roleid = role.oid and m.member = member.oid ${ofGrantor}
    where role.rolname = ${role} and member.rolname = ${member}`);
  if (row === undefined) return undefined;
  const { comment, ...seen } = row;
  return { ...seen, mark: readMark(comment) };
}

/**
 * SQL expression: the oid of the role as which the account grants membership in `role`. PostgreSQL records role 10, the
 * first superuser, for every superuser. Other accounts need ADMIN, which they can inherit. A role that has already granted
 * this membership comes first, so that the same grant is changed and revoked.
 */
const ownGrantor: Sql = sql`case when current_setting('is_superuser')::boolean then 10 else (
    select a.member from pg_auth_members a
    where a.roleid = role.oid and a.admin_option and pg_has_role(current_user, a.member, 'usage')
    order by
      exists (
        select from pg_auth_members own
        where own.roleid = role.oid and own.member = member.oid and own.grantor = a.member
      ) desc,
      pg_get_userbyid(a.member) = current_user desc, a.member
    limit 1
  ) end`;

/** The roles to which the member has granted this membership with its ADMIN option. */
export async function selectPassedOn(session: ReadSession, { role, member }: Pair): Promise<string[]> {
  const rows = await session.query<{ name: string }>(sql`
    select pg_get_userbyid(member) as name from pg_auth_members
    where pg_get_userbyid(roleid) = ${role} and pg_get_userbyid(grantor) = ${member} order by 1`);
  return rows.map(({ name }) => name);
}
