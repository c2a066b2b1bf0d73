import { AlreadyExists, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  identifier,
  join,
  lockForSession,
  sql,
  sqlStateOf,
  type ServerFacts,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { actAs } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import type { ErrorCode } from "../errors.ts";
import { withIdentity } from "./identity.ts";
import type { DatabaseInputs } from "./inputs.ts";
import { explainLocale } from "./locale.ts";
import { dropPending, temporaryName } from "./pending.ts";
import { releaseLockAfter } from "./session-lock.ts";
import { settingStatements } from "../settings.ts";
import { keepConnect, selectOwnership } from "./statements.ts";

/**
 * Creates a database that carries its mark as soon as it has its name, although CREATE DATABASE cannot run in a
 * transaction. The database is created under a temporary name that is unique to this resource of this deployment. One
 * transaction then marks it, renames it and sets its owner. If a killed run left a database under the temporary name, it
 * was being created or dropped, so it is dropped.
 */
export async function createDatabase(session: WriteSession, want: DatabaseInputs, mark: Mark): Promise<void> {
  const { name } = want;
  const temporary = temporaryName(mark.managedBy, name);
  const creation = sql`create database ${identifier(temporary)} ${creationOptions(want, session.facts.majorVersion)}`;
  await releaseLockAfter(session, name, async () => {
    const [found] = await session.query<{ exists: boolean; isUnfinished: boolean }>(sql`
      ${lockForSession("database", name)};
      select coalesce(bool_or(datname = ${name}), false) as "exists",
             coalesce(bool_or(datname = ${temporary}), false) as "isUnfinished"
      from pg_database where datname in (${name}, ${temporary})`);
    if (found?.exists === true) throw new AlreadyExists(name);
    if (found?.isUnfinished === true) await dropPending(session, temporary);
    try {
      await session.execute(creation);
    } catch (error) {
      throw await explainLocale(session, error, want);
    }
    try {
      await session.execute(...finish(temporary, want, mark, session.facts));
    } catch (error) {
      // For example, the owner does not exist. If this drop fails too, the next create or destroy repeats it.
      await dropPending(session, temporary).catch(() => undefined);
      // A process of this deployment with another maintenance database, which does not see our lock, has dropped it.
      if (sqlStateOf(error) === "3D000") throw new AlreadyExists(name, { cause: error });
      throw error;
    }
  });
}

/** Statements that turn the temporary database into the wanted one, for one transaction. */
function finish(temporary: string, want: DatabaseInputs, mark: Mark, facts: ServerFacts): Sql[] {
  const [unfinished, target] = [sql`database ${identifier(temporary)}`, sql`database ${identifier(want.name)}`];
  return [
    // First, since the account may no longer comment on the database after the owner has changed.
    commentWithMark(unfinished, null, withIdentity(mark, want.identity)),
    sql`alter ${unfinished} with allow_connections ${want.allowConnections}`,
    sql`alter ${unfinished} rename to ${identifier(want.name)}`,
    ...(want.revokePublicConnect ? [sql`revoke connect on ${target} from public`] : []),
    ...settingStatements(target, {}, want.settings),
    ...(want.owner === null ? [] : [sql`alter ${target} owner to ${identifier(want.owner)}`]),
    // As the new owner: ALTER OWNER gives the new owner whatever the old one had granted to itself.
    ...(want.owner === null || !want.revokePublicConnect || facts.isSuperuser
      ? []
      : [actAs(want.owner), keepConnect(target), actAs(null)]),
  ];
}

/** Drops the temporary database of a create or destroy that was killed. Returns whether one existed. */
export async function removeUnfinished(
  session: WriteSession,
  { managedBy, name }: { managedBy: string; name: string },
): Promise<boolean> {
  const temporary = temporaryName(managedBy, name);
  if ((await selectOwnership(session, temporary)) === undefined) return false;
  return await releaseLockAfter(session, name, async () => {
    await session.execute(lockForSession("database", name));
    return await dropPending(session, temporary);
  });
}

/** https://www.postgresql.org/docs/18/sql-createdatabase.html */
function creationOptions(want: DatabaseInputs, majorVersion: number): Sql {
  const { encoding, template, connectionLimit, localeProvider, locale } = want;
  if (localeProvider === "builtin" && majorVersion < 17) throw builtinUnsupported(majorVersion);
  const provider = localeProvider ?? (locale === null ? null : "libc");
  const libcLocale = provider === "libc" ? locale : null;
  const collate = want.lcCollate ?? libcLocale;
  const ctype = want.lcCtype ?? libcLocale;
  return join(
    [
      sql`with template ${identifier(template)} encoding ${encoding} connection limit ${connectionLimit}`,
      // Nobody may connect before the database is finished.
      sql`allow_connections false`,
      ...(provider === null ? [] : [sql`locale_provider ${identifier(provider)}`]),
      ...(collate === null ? [] : [sql`lc_collate ${collate}`]),
      ...(ctype === null ? [] : [sql`lc_ctype ${ctype}`]),
      ...(provider === "icu" && locale !== null ? [sql`icu_locale ${locale}`] : []),
      ...(provider === "builtin" && locale !== null ? [sql`builtin_locale ${locale}`] : []),
    ],
    " ",
  );
}

function builtinUnsupported(majorVersion: number): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`PostgreSQL ${majorVersion} has no builtin locale provider`, {
    code: "postgres.version.unsupported",
    hint: 'Use `localeProvider = "libc"` or `"icu"`, or PostgreSQL 17 or later',
  });
}
