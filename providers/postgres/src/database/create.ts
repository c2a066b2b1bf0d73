import { createHash } from "node:crypto";
import { AlreadyExists, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  identifier,
  join,
  lockForSession,
  sql,
  unlockForSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { commentWithMark } from "../comment.ts";
import type { DatabaseInputs } from "./database.ts";
import type { ErrorCode } from "../errors.ts";
import { settingStatements } from "../settings.ts";

/**
 * Makes a database that bears its mark from the moment on that it has its name, although CREATE DATABASE runs in no
 * transaction: under a pending name that only this deployment's resource can have, then marked, renamed and given away in
 * one transaction. What a killed run left under the pending name nobody has ever used: it is made anew.
 */
export async function createDatabase(session: WriteSession, want: DatabaseInputs, mark: Mark): Promise<void> {
  const { name } = want;
  const pending = pendingName(mark.managedBy, name);
  const creation = sql`create database ${identifier(pending)} ${creationOptions(want, session.facts.majorVersion)}`;
  await underLock(session, name, async () => {
    const [there] = await session.query<{ isThere: boolean; isPending: boolean }>(sql`
      ${lockForSession("database", name)};
      select coalesce(bool_or(datname = ${name}), false) as "isThere",
             coalesce(bool_or(datname = ${pending}), false) as "isPending"
      from pg_database where datname in (${name}, ${pending})`);
    if (there?.isThere === true) throw new AlreadyExists(name);
    if (there?.isPending === true) await session.execute(sql`drop database ${identifier(pending)}`);
    await session.execute(creation);
    try {
      await session.execute(...finish(pending, want, mark));
    } catch (error) {
      // Such as an owner who is not there. If this fails too, the next create or destroy finds it.
      await session.execute(sql`drop database if exists ${identifier(pending)}`).catch(() => undefined);
      throw error;
    }
  });
}

/** The pending database becomes the wanted one, in one transaction. */
function finish(pending: string, want: DatabaseInputs, mark: Mark): Sql[] {
  const [draft, target] = [sql`database ${identifier(pending)}`, sql`database ${identifier(want.name)}`];
  return [
    // First, since who gives the database away may no longer comment on it.
    commentWithMark(draft, null, mark),
    sql`alter ${draft} with allow_connections ${want.allowConnections}`,
    sql`alter ${draft} rename to ${identifier(want.name)}`,
    ...(want.revokePublicConnect ? [sql`revoke connect on ${target} from public`] : []),
    ...settingStatements(target, {}, want.settings),
    ...(want.owner === null ? [] : [sql`alter ${target} owner to ${identifier(want.owner)}`]),
  ];
}

/** Removes the unfinished database of a create that was killed. Returns whether one existed. */
export async function removePending(
  session: WriteSession,
  { managedBy, name }: { managedBy: string; name: string },
): Promise<boolean> {
  const pending = pendingName(managedBy, name);
  const [found] = await session.query(sql`select from pg_database where datname = ${pending}`);
  if (found === undefined) return false;
  await underLock(session, name, async () => {
    await session.execute(lockForSession("database", name));
    await session.execute(sql`drop database if exists ${identifier(pending)}`);
  });
  return true;
}

/** Gives the lock back that the work takes as its first thing. */
export async function underLock<T>(session: WriteSession, name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    // A lost session has given it back already, and the work has said that it is lost.
    await session.query(unlockForSession("database", name)).catch(() => undefined);
  }
}

/** 49 characters; the slash is in no name of a deployment. */
function pendingName(managedBy: string, name: string): string {
  return `nixops4-pending-${createHash("sha256").update(`${managedBy}/${name}`).digest("hex").slice(0, 32)}`;
}

/** https://www.postgresql.org/docs/18/sql-createdatabase.html */
function creationOptions(want: DatabaseInputs, majorVersion: number): Sql {
  const { encoding, template, connectionLimit, localeProvider, locale } = want;
  if (localeProvider === "builtin" && majorVersion < 17) throw builtinUnknown(majorVersion);
  const provider = localeProvider ?? (locale === null ? null : "libc");
  const libcLocale = provider === "libc" ? locale : null;
  const collate = want.lcCollate ?? libcLocale;
  const ctype = want.lcCtype ?? libcLocale;
  return join(
    [
      sql`with template ${identifier(template)} encoding ${encoding} connection limit ${connectionLimit}`,
      // Nobody is to enter before it is finished.
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

function builtinUnknown(majorVersion: number): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`PostgreSQL ${majorVersion} has no locales of its own`, {
    code: "postgres.version.unsupported",
    hint: 'Use `localeProvider = "libc"` or `"icu"`, or PostgreSQL 17 or later',
  });
}
