import { option, ProviderError } from "@nixops4-resources/protocol-core";
import { identifier, nothing, objectName, sql, type ServerFacts, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";

const optionDefaults = { admin: false, inherit: true, set: true };
const optionNames = ["admin", "inherit", "set"] as const;

/** Created only when it is used: creating types is a large part of the start-up time. */
const membership = z.lazy(() =>
  z.strictObject({
    role: option(objectName, "Role that the member belongs to. It must exist."),
    admin: option(z.boolean(), "Whether the member can grant this membership to other roles.", optionDefaults.admin),
    inherit: option(
      z.boolean(),
      "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this must equal the member's own `inherit`.",
      optionDefaults.inherit,
    ),
    set: option(
      z.boolean(),
      "Whether the member can SET ROLE to the role. Before PostgreSQL 16 this must be true.",
      optionDefaults.set,
    ),
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
  "Roles that this role is a member of, in any order. A membership that is not listed is revoked, no matter who granted it. PostgreSQL 16 and later grant a role memberships in the roles that it creates; these are ignored.",
  [],
);

export type Membership = z.output<typeof membership>;

/** One grant of a membership. From PostgreSQL 16 on, each grantor can have granted it. */
export interface MembershipGrant extends Membership {
  grantor: string;
  /** Whether a GRANT by this account changes this grant, rather than adding another. */
  isOurs: boolean;
}

/**
 * The grants that make a role a member, as JSON; `member` is a row of pg_roles. PostgreSQL before 16 has no grant
 * options, so the query returns the values that match the server's behaviour. It ignores the grant that CREATE ROLE
 * gives to the creator of a role, and the grants that the creator then gives to itself.
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

/** The memberships in the wanted order. An option is true if any grant of the membership has it. */
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
  const positions = new Map(wanted.map(({ role }, index) => [role, index]));
  const positionOf = ({ role }: Membership): number => positions.get(role) ?? wanted.length;
  return [...seen.values()].sort((a, b) => positionOf(a) - positionOf(b));
}

/** In words, the memberships that are not wanted, and the options that only defaults differ from. */
export function lostMemberships(wanted: readonly Membership[], seen: readonly Membership[]): string[] {
  const wantedIn = new Map(wanted.map((one) => [one.role, one]));
  return seen.flatMap((has) => {
    const want = wantedIn.get(has.role);
    if (want === undefined) return [`the membership in ${has.role}`];
    const reset = optionNames.filter((name) => want[name] === optionDefaults[name] && has[name] !== want[name]);
    return reset.map((name) => `\`${name} = ${has[name]}\` of the membership in ${has.role}`);
  });
}

/** Statements that change the current grants of a role into the wanted memberships. */
export function membershipStatements(
  member: { name: string; inherit: boolean; memberOf: readonly Membership[] },
  grants: readonly MembershipGrant[],
  facts: ServerFacts,
): Sql[] {
  const wanted = new Map(member.memberOf.map((one) => [one.role, one]));
  const isRight = ({ role, ...grant }: MembershipGrant): boolean => isEqual(grant, wanted.get(role));
  const right = new Set(grants.filter(isRight).map(({ role }) => role));
  const hasGrantOptions = facts.majorVersion >= 16;
  if (!hasGrantOptions) for (const one of member.memberOf) rejectOptions(one, member.inherit);
  const surplus = grants.filter((grant) => !isRight(grant) && !(grant.isOurs && wanted.has(grant.role)));
  return [
    ...surplus.map(({ role, grantor }) => {
      const by = hasGrantOptions ? sql` granted by ${identifier(grantor)}` : nothing;
      return sql`revoke ${identifier(role)} from ${identifier(member.name)}${by}`;
    }),
    ...member.memberOf
      .filter(({ role }) => !right.has(role))
      .map((one) => grantStatement(one, member.name, hasGrantOptions)),
  ];
}

function grantStatement({ role, admin, inherit, set }: Membership, member: string, hasGrantOptions: boolean): Sql {
  const [granted, to] = [identifier(role), identifier(member)];
  if (hasGrantOptions) return sql`grant ${granted} to ${to} with admin ${admin}, inherit ${inherit}, set ${set}`;
  return admin
    ? sql`grant ${granted} to ${to} with admin option`
    : sql`grant ${granted} to ${to}; revoke admin option for ${granted} from ${to}`;
}

const isEqual = (grant: Omit<Membership, "role">, wanted: Membership | undefined): boolean =>
  wanted !== undefined && grant.admin === wanted.admin && grant.inherit === wanted.inherit && grant.set === wanted.set;

function rejectOptions({ role, inherit, set }: Membership, memberInherits: boolean): void {
  if (set && inherit === memberInherits) return;
  const reason = set
    ? `before PostgreSQL 16, the member's own \`inherit\` decides whether a membership (here in ${role}) inherits`
    : `before PostgreSQL 16, every member (here of ${role}) can SET ROLE`;
  throw new ProviderError<ErrorCode>(reason, {
    code: "postgres.version.unsupported",
    hint: set
      ? `Set \`inherit = ${memberInherits}\` on this membership, or change the role's own \`inherit\``
      : "Remove `set = false`, or use PostgreSQL 16 or later",
  });
}
