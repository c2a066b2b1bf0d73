import { option, ProviderError } from "@nixops4-resources/protocol-core";
import { identifier, join, nothing, sql, type Sql } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import type { ErrorCode } from "../errors.ts";

export const membershipDefaults: MembershipOptions = { admin: false, inherit: true, set: true };

/** Inputs of one membership. A function, since creating types is a large part of the start-up time. */
export const membershipOptions = () => ({
  admin: option(z.boolean(), "Whether the member can grant this membership to other roles.", membershipDefaults.admin),
  inherit: option(
    z.boolean(),
    "Whether the member has the role's rights without SET ROLE. Before PostgreSQL 16 this must equal the member's own `inherit`.",
    membershipDefaults.inherit,
  ),
  set: option(
    z.boolean(),
    "Whether the member can SET ROLE to the role. Before PostgreSQL 16 this must be true.",
    membershipDefaults.set,
  ),
});

export interface MembershipOptions {
  admin: boolean;
  inherit: boolean;
  set: boolean;
}

/** The options of a row `m` of pg_auth_members, as SQL expressions; `member` is the member's row of pg_roles. */
export const storedOptions: Record<keyof MembershipOptions, Sql> = {
  admin: sql`m.admin_option`,
  // PostgreSQL before 16 does not have these columns. The values then match the server's behaviour.
  inherit: sql`coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, member.rolinherit)`,
  set: sql`coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)`,
};

export const isEqualMembership = (one: MembershipOptions, other: MembershipOptions): boolean =>
  one.admin === other.admin && one.inherit === other.inherit && one.set === other.set;

/** From PostgreSQL 16 on, a membership has the options `inherit` and `set`, and each grantor can have granted it. */
export const hasGrantOptions = ({ majorVersion }: { majorVersion: number }): boolean => majorVersion >= 16;

/**
 * The command that grants a membership, or changes the one of the same grantor. `grantor` is the role that PostgreSQL
 * records; null leaves the choice to the server.
 */
export function grantMembership(
  { role, member, admin, inherit, set }: MembershipOptions & { role: string; member: string },
  facts: { majorVersion: number },
  grantor: string | null = null,
): Sql {
  const [granted, to] = [identifier(role), identifier(member)];
  if (hasGrantOptions(facts)) {
    return sql`grant ${granted} to ${to} with admin ${admin}, inherit ${inherit}, set ${set}${grantedBy(grantor)}`;
  }
  return admin
    ? sql`grant ${granted} to ${to} with admin option`
    : join([sql`grant ${granted} to ${to}`, revokeMembership({ role, member }, facts, grantor, "admin")], "; ");
}

/**
 * The command that revokes the membership which the grantor granted, or only its option; before PostgreSQL 16 there is
 * only one membership.
 */
export function revokeMembership(
  { role, member }: { role: string; member: string },
  facts: { majorVersion: number },
  grantor: string | null,
  part: "all" | "admin" = "all",
): Sql {
  const what = part === "admin" ? sql`admin option for ` : nothing;
  const by = hasGrantOptions(facts) ? grantedBy(grantor) : nothing;
  return sql`revoke ${what}${identifier(role)} from ${identifier(member)}${by}`;
}

const grantedBy = (grantor: string | null): Sql =>
  grantor === null ? nothing : sql` granted by ${identifier(grantor)}`;

/** Rejects options that PostgreSQL before 16 does not have. `memberInherits` is the member's own `inherit`. */
export function rejectOptions(
  { role, inherit, set }: MembershipOptions & { role: string },
  memberInherits: boolean,
): void {
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
