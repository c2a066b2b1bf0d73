import { identifier, join, sql, type Sql } from "@nixops4-resources/protocol-postgres";

/**
 * Whether we may act as a role, given as its oid or name. Since version 16 membership alone does not say so.
 * https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-INFO-ACCESS
 */
export const mayActAs = (role: Sql): Sql =>
  sql`pg_has_role(current_user, ${role}, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end)`;

/**
 * The role to act as where something of `owner` (an oid) is to be changed. Null where we have its rights anyway, and where we
 * may not act as it: then we try as ourselves, and the server says what is missing.
 */
export const roleToActAs = (owner: Sql): Sql => sql`case
    when pg_has_role(current_user, ${owner}, 'usage') then null
    when ${mayActAs(owner)} then pg_get_userbyid(${owner})
  end`;

/**
 * A command that needs our own rights and those of `lacking` at once, which acting as one of them does not give: from PostgreSQL 16 on
 * our memberships in these, which do not inherit, do so for that one command, which nobody else ever sees.
 */
export function withRightsOf(lacking: readonly string[], majorVersion: number, command: Sql): Sql[] {
  if (lacking.length === 0 || majorVersion < 16) return [command];
  const roles = join([...new Set(lacking)].map(identifier));
  const inherit = (on: boolean): Sql => sql`grant ${roles} to current_user with inherit ${on}`;
  return [inherit(true), command, inherit(false)];
}

/** From here to the end of the transaction, or to the next of these; null: as ourselves. */
export const actAs = (role: string | null): Sql =>
  role === null ? sql`reset role` : sql`set local role ${identifier(role)}`;
