import { identifier, join, sql, type Sql } from "@nixops4-resources/protocol-postgres";

/**
 * SQL expression: whether the account may SET ROLE to a role, given as its oid or name. From PostgreSQL 16 on,
 * membership alone does not allow it. https://www.postgresql.org/docs/18/functions-info.html#FUNCTIONS-INFO-ACCESS
 */
export const mayActAs = (role: Sql): Sql =>
  sql`pg_has_role(current_user, ${role}, case when current_setting('server_version_num')::int < 160000 then 'member' else 'set' end)`;

/**
 * SQL expression: the role to act as for changing an object of `owner` (an oid). Null if the account has the owner's
 * rights already. Null too if it may not act as the owner: it then tries as itself, and the server's error says what is
 * missing.
 */
export const roleToActAs = (owner: Sql): Sql => sql`case
    when pg_has_role(current_user, ${owner}, 'usage') then null
    when ${mayActAs(owner)} then pg_get_userbyid(${owner})
  end`;

/**
 * A command that needs the rights of the account and of `roles` at once, which acting as one of them does not give.
 * From PostgreSQL 16 on, the account's memberships in these roles inherit for this one command. In a transaction,
 * nobody else sees that.
 */
export function withRightsOf(roles: readonly string[], majorVersion: number, command: Sql): Sql[] {
  if (roles.length === 0 || majorVersion < 16) return [command];
  const names = join([...new Set(roles)].map(identifier));
  const inherit = (on: boolean): Sql => sql`grant ${names} to current_user with inherit ${on}`;
  return [inherit(true), command, inherit(false)];
}

/** Acts as the role until the transaction ends or the next `actAs`; null acts as the account itself. */
export const actAs = (role: string | null): Sql =>
  role === null ? sql`reset role` : sql`set local role ${identifier(role)}`;
