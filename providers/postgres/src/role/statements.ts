import { ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  identifier,
  join,
  lockForTransaction,
  sql,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { commentWithMark } from "../comment.ts";
import { dependentsIn } from "../dependents.ts";
import type { ErrorCode } from "../errors.ts";
import { selectRole } from "./catalog.ts";
import type { RoleInputs } from "./inputs.ts";
import { membershipStatements } from "./membership.ts";
import { lockShared, requireMarked } from "../proven.ts";
import { verifierFor } from "./password.ts";
import { settingStatements } from "../settings.ts";

const role = (name: string): Sql => sql`role ${identifier(name)}`;

/** Attributes of a role after CREATE ROLE without options. */
const createDefaults: Pick<RoleInputs, AttributeName> = {
  login: false,
  password: null,
  connectionLimit: -1,
  validUntil: null,
  createdb: false,
  createrole: false,
  inherit: true,
  replication: false,
  bypassrls: false,
  superuser: false,
};

/** Creates the role with its mark, memberships and settings in one transaction and one round trip. */
export async function createRole(session: WriteSession, want: RoleInputs, mark: Mark): Promise<void> {
  const nonDefault = attributeNames.filter((name) => want[name] !== createDefaults[name]);
  const { facts } = session;
  await session.execute(
    lockForTransaction("role", want.name),
    sql`create ${role(want.name)} ${await attributes(want, nonDefault)}`,
    commentWithMark(role(want.name), null, mark),
    ...(facts.isSuperuser ? [] : [grantToSelf(want.name, facts.majorVersion)]),
    ...membershipStatements(want, [], facts),
    ...settingStatements(role(want.name), {}, want.settings),
  );
}

/**
 * An account that is not superuser can make a role the owner of a database only if it may SET ROLE to it. From
 * PostgreSQL 16 on, CREATEROLE does not include that. The account does not inherit the role's rights on versions that
 * can separate the two.
 */
const grantToSelf = (name: string, majorVersion: number): Sql =>
  majorVersion >= 16
    ? sql`grant ${identifier(name)} to current_user with set true, inherit false`
    : sql`grant ${identifier(name)} to current_user`;

/** Does work in a transaction that locks the role against every other session, on all databases of the server. */
export const withLockedRole = (session: WriteSession, name: string, work: () => Promise<void>): Promise<void> =>
  session.transaction(async () => {
    await lockShared(session, { kind: "role", name, touch: async () => [sql`alter ${role(name)}`] });
    await work();
  });

/** Writes the changed inputs, if the role carries the mark. */
export async function alterRole(
  session: WriteSession,
  want: RoleInputs,
  { changed, mark }: { changed: ReadonlySet<keyof RoleInputs>; mark: Mark },
): Promise<void> {
  const altered = attributeNames.filter((name) => changed.has(name));
  const options = await attributes(want, altered);
  await withLockedRole(session, want.name, async () => {
    // Read again under the lock: somebody may have changed the role since it was read.
    const current = requireMarked(await selectRole(session, want), mark);
    const statements = [
      ...(altered.length > 0 ? [sql`alter ${role(want.name)} ${options}`] : []),
      ...(changed.has("memberOf") ? membershipStatements(want, current.grants, session.facts) : []),
      ...(changed.has("settings") ? settingStatements(role(want.name), current.settings, want.settings) : []),
    ];
    if (statements.length > 0) await session.execute(...statements);
  });
}

/** Writes the mark into the role's comment, or removes it if undefined, if the role carries the expected mark. */
export async function commentOnRole(
  session: WriteSession,
  name: string,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  await withLockedRole(session, name, async () => {
    const { comment } = requireMarked(await selectComment(session, name), expected);
    await session.execute(commentWithMark(role(name), comment, mark));
  });
}

export async function selectComment(
  session: WriteSession,
  name: string,
): Promise<{ comment: string | null } | undefined> {
  const [row] = await session.query<{ comment: string | null }>(
    sql`select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = ${name}`,
  );
  return row;
}

/** Drops the role, if it carries the expected mark. */
export async function dropRole(session: WriteSession, name: string, expected: Mark | undefined): Promise<void> {
  try {
    await withLockedRole(session, name, async () => {
      requireMarked(await selectComment(session, name), expected);
      await session.execute(sql`drop role ${identifier(name)}`);
    });
  } catch (error) {
    const dependents = dependentsIn(error);
    if (dependents === undefined) throw error;
    throw new ProviderError<ErrorCode>(`it still owns objects or has privileges: ${dependents}`, {
      code: "postgres.role.inUse",
      hint: `Set \`reassignOwnedTo\` to the role that receives them and \`deletion = "delete"\`, or in each database concerned run REASSIGN OWNED BY ${identifier(name).text} TO ... (which also reassigns whole databases), then DROP OWNED BY ${identifier(name).text}`,
      cause: error,
    });
  }
}

const attributeNames = [
  "login",
  "password",
  "connectionLimit",
  "validUntil",
  "createdb",
  "createrole",
  "inherit",
  "replication",
  "bypassrls",
  "superuser",
] as const;
type AttributeName = (typeof attributeNames)[number];
type Clause = (want: RoleInputs) => Sql | Promise<Sql>;

const flag =
  (name: AttributeName, word: Sql): Clause =>
  (want) =>
    want[name] === true ? word : sql`no${word}`;

/** The options of CREATE and ALTER ROLE; https://www.postgresql.org/docs/18/sql-alterrole.html */
const clauses: Record<AttributeName, Clause> = {
  login: flag("login", sql`login`),
  password: async ({ name, password }) => sql`password ${password === null ? null : await verifierFor(name, password)}`,
  connectionLimit: ({ connectionLimit }) => sql`connection limit ${connectionLimit}`,
  validUntil: ({ validUntil }) => sql`valid until ${validUntil ?? "infinity"}`,
  createdb: flag("createdb", sql`createdb`),
  createrole: flag("createrole", sql`createrole`),
  inherit: flag("inherit", sql`inherit`),
  replication: flag("replication", sql`replication`),
  bypassrls: flag("bypassrls", sql`bypassrls`),
  superuser: flag("superuser", sql`superuser`),
};

/** Lists only the given attributes, since PostgreSQL lets only a superuser write NOSUPERUSER. */
async function attributes(want: RoleInputs, names: readonly AttributeName[]): Promise<Sql> {
  if (names.includes("superuser") && want.superuser && !want.allowSuperuser) throw superuserNotAllowed();
  const chosen = [];
  for (const name of names) chosen.push(await clauses[name](want));
  return join(chosen, " ");
}

function superuserNotAllowed(): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("`superuser` grants unrestricted access to the server", {
    code: "postgres.role.superuser",
    hint: "Set `allowSuperuser = true` on this role if this is intended",
  });
}
