import { option } from "@nixops4-resources/protocol-core";
import { objectName, sql, type ServerFacts, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import {
  grantMembership,
  hasGrantOptions,
  isEqualMembership,
  membershipDefaults,
  membershipOptions,
  rejectOptions,
  revokeMembership,
  storedOptions,
} from "../membership/options.ts";

const optionNames = ["admin", "inherit", "set"] as const;

/** Created only when it is used: creating types is a large part of the start-up time. */
const membership = z.lazy(() =>
  z.strictObject({
    role: option(objectName, "Role that the member belongs to. It must exist."),
    ...membershipOptions(),
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
 * The grants that make a role a member, as JSON; `member` is a row of pg_roles. The query ignores the grant that CREATE
 * ROLE gives to the creator of a role, and the grants that the creator then gives to itself.
 * https://www.postgresql.org/docs/18/catalog-pg-auth-members.html
 */
export const selectGrants = sql`(
  select coalesce(json_agg(json_build_object(
    'role', pg_get_userbyid(m.roleid),
    'grantor', pg_get_userbyid(m.grantor),
    'admin', ${storedOptions.admin},
    'inherit', ${storedOptions.inherit},
    'set', ${storedOptions.set},
    'isOurs', case when current_setting('is_superuser')::boolean then m.grantor = 10
      else pg_get_userbyid(m.grantor) = current_user end
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
    const reset = optionNames.filter((name) => want[name] === membershipDefaults[name] && has[name] !== want[name]);
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
  const isRight = (grant: MembershipGrant): boolean => {
    const one = wanted.get(grant.role);
    return one !== undefined && isEqualMembership(grant, one);
  };
  const right = new Set(grants.filter(isRight).map(({ role }) => role));
  if (!hasGrantOptions(facts)) for (const one of member.memberOf) rejectOptions(one, member.inherit);
  const surplus = grants.filter((grant) => !isRight(grant) && !(grant.isOurs && wanted.has(grant.role)));
  return [
    ...surplus.map(({ role, grantor }) => revokeMembership({ role, member: member.name }, facts, grantor)),
    ...member.memberOf
      .filter(({ role }) => !right.has(role))
      .map((one) => grantMembership({ ...one, member: member.name }, facts)),
  ];
}
