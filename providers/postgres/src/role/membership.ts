import { option, ProviderError } from "@nixops4-resources/protocol-core";
import { identifier, nothing, objectName, sql, type ServerFacts, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";

/** Made only where there is one: making types is a large part of a start. */
const membership = z.lazy(() =>
  z.strictObject({
    role: option(objectName, "Role to be a member of. It must exist."),
    admin: option(z.boolean(), "Whether the member may give the membership to others.", false),
    inherit: option(
      z.boolean(),
      "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this is the member's own `inherit`, and must be equal to it.",
      true,
    ),
    set: option(z.boolean(), "Whether the member may SET ROLE to it. Before PostgreSQL 16 it always may.", true),
  }),
);

export const memberOf = option(
  z
    .array(membership)
    .check(
      z.refine(
        (list) => new Set(list.map(({ role }) => role)).size === list.length,
        "a list that names each role once",
      ),
    ),
  "Roles that it is a member of, in any order. A membership that is taken out of here is revoked, whoever granted it. What PostgreSQL 16 and later give a role of themselves on those that it creates does not count.",
  [],
);

export type Membership = z.output<typeof membership>;

/** One grant of a membership; from PostgreSQL 16 on there may be one by each grantor. */
export interface MembershipGrant extends Membership {
  grantor: string;
  /** Whether a GRANT of ours changes this one, rather than adding another. */
  isOurs: boolean;
}

/**
 * The grants that make a role a member, as JSON; `member` is a row of pg_roles. Before 16 the options are not there and
 * come as the server acts. Left out is what CREATE ROLE grants to its creator, and what that one then grants to itself.
 * https://www.postgresql.org/docs/18/catalog-pg-auth-members.html
 */
export const selectGrants = sql`(
  select coalesce(json_agg(json_build_object(
    'role', pg_get_userbyid(m.roleid),
    'grantor', pg_get_userbyid(m.grantor),
    'admin', m.admin_option,
    'inherit', coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, member.rolinherit),
    'set', coalesce((to_jsonb(m) ->> 'set_option')::boolean, true),
    'isOurs', m.grantor = case when current_setting('is_superuser')::boolean then 10 else current_user::regrole::oid end
  ) order by m.roleid, m.grantor), '[]')
  from pg_auth_members m
  where m.member = member.oid
    and not (to_jsonb(m) ? 'set_option' and member.rolcreaterole and (
      m.grantor = m.member or
      m.grantor = 10 and m.admin_option and to_jsonb(m) @> '{"inherit_option": false, "set_option": false}'))
)`;

/** The memberships as a whole, in the wanted order: a right is there if any of its grants gives it. */
export function seenMemberships(grants: readonly MembershipGrant[], wanted: readonly Membership[]): Membership[] {
  const seen = new Map<string, Membership>();
  for (const { role, admin, inherit, set } of grants) {
    const other = seen.get(role);
    seen.set(role, {
      role,
      admin: admin || other?.admin === true,
      inherit: inherit || other?.inherit === true,
      set: set || other?.set === true,
    });
  }
  const place = new Map(wanted.map(({ role }, index) => [role, index]));
  const placeOf = ({ role }: Membership): number => place.get(role) ?? wanted.length;
  return [...seen.values()].sort((a, b) => placeOf(a) - placeOf(b));
}

/** The statements that bring a role from its memberships to the wanted ones. */
export function membershipStatements(
  member: { name: string; inherit: boolean; memberOf: readonly Membership[] },
  grants: readonly MembershipGrant[],
  facts: ServerFacts,
): Sql[] {
  const wanted = new Map(member.memberOf.map((one) => [one.role, one]));
  const isRight = ({ role, ...grant }: MembershipGrant): boolean => isEqual(grant, wanted.get(role));
  const right = new Set(grants.filter(isRight).map(({ role }) => role));
  const knowsOptions = facts.majorVersion >= 16;
  if (!knowsOptions) for (const one of member.memberOf) refuseOptions(one, member.inherit);
  const surplus = grants.filter((grant) => !isRight(grant) && !(grant.isOurs && wanted.has(grant.role)));
  return [
    ...surplus.map(({ role, grantor }) => {
      const by = knowsOptions ? sql` granted by ${identifier(grantor)}` : nothing;
      return sql`revoke ${identifier(role)} from ${identifier(member.name)}${by}`;
    }),
    ...member.memberOf
      .filter(({ role }) => !right.has(role))
      .map((one) => grantStatement(one, member.name, knowsOptions)),
  ];
}

function grantStatement({ role, admin, inherit, set }: Membership, member: string, knowsOptions: boolean): Sql {
  const [granted, to] = [identifier(role), identifier(member)];
  if (knowsOptions) return sql`grant ${granted} to ${to} with admin ${admin}, inherit ${inherit}, set ${set}`;
  return admin
    ? sql`grant ${granted} to ${to} with admin option`
    : sql`grant ${granted} to ${to}; revoke admin option for ${granted} from ${to}`;
}

const isEqual = (grant: Omit<Membership, "role">, wanted: Membership | undefined): boolean =>
  wanted !== undefined && grant.admin === wanted.admin && grant.inherit === wanted.inherit && grant.set === wanted.set;

function refuseOptions({ role, inherit, set }: Membership, memberInherits: boolean): void {
  if (set && inherit === memberInherits) return;
  const reason = set
    ? `before PostgreSQL 16 a membership (here in ${role}) inherits as the member's own \`inherit\` says`
    : `before PostgreSQL 16 every member (here of ${role}) may SET ROLE`;
  throw new ProviderError<ErrorCode>(reason, {
    code: "postgres.version.unsupported",
    hint: set
      ? `Set \`inherit = ${memberInherits}\` on this membership, or change the role's own \`inherit\``
      : "Leave out `set = false`, or use PostgreSQL 16 or later",
  });
}
