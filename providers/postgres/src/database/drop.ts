import { MarkChanged, messageOf, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  identifier,
  join,
  lockForSession,
  sql,
  sqlStateOf,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { withRightsOf } from "../act-as.ts";
import type { ErrorCode } from "../errors.ts";
import { requireMarked } from "../proven.ts";
import { dropAs, dropPending, temporaryName } from "./pending.ts";
import { releaseLockAfter } from "./session-lock.ts";
import { database, selectOwnership, withLockedDatabase, type Ownership } from "./statements.ts";

/**
 * Drops the database without FORCE, if it carries the expected mark: connected clients must disconnect themselves. DROP
 * DATABASE cannot run in a transaction. So one transaction proves the mark and renames the database to the pending name
 * of this resource, which rejects a database with sessions; then it is dropped under that name. If a kill leaves it there,
 * the next create or destroy drops it.
 */
export async function dropDatabase(session: WriteSession, name: string, mark: Mark): Promise<void> {
  const pending = temporaryName(mark.managedBy, name);
  await releaseLockAfter(session, name, async () => {
    await session.execute(lockForSession("database", name));
    // A killed destroy that had this lock until now may have set the database aside.
    await dropPending(session, pending);
    if ((await selectOwnership(session, name)) === undefined) return;
    const allowConnections = await setAside(session, { name, pending, mark });
    if (allowConnections === "cannot") return await dropInPlace(session, name, mark);
    try {
      await dropPending(session, pending);
    } catch (error) {
      // If the connection is lost, the outcome is unknown: the next destroy continues.
      if (sqlStateOf(error) !== undefined) await takeBack(session, { name, pending, allowConnections }, error);
      throw error;
    }
  });
}

interface Names {
  name: string;
  /** Name until the database is dropped. */
  pending: string;
}

/** Returns whether the database accepted connections; `cannot` if it cannot be renamed. Throws if it is in use. */
async function setAside(
  session: WriteSession,
  { name, pending, mark }: Names & { mark: Mark },
): Promise<boolean | "cannot"> {
  let allowedConnections = true;
  try {
    await withLockedDatabase(session, name, mark, async (ownership) => {
      ({ allowConnections: allowedConnections } = ownership);
      const commands = [sql`alter ${database(name)} with allow_connections false`, rename(name, pending)];
      await session.execute(...asCreator(session, ownership, commands));
    });
  } catch (error) {
    const state = sqlStateOf(error) ?? "";
    if (state === "55006") throw await databaseInUse(session, name, error);
    if (cannotRename.has(state)) return "cannot";
    throw error;
  }
  return allowedConnections;
}

/** A database that cannot be dropped, such as one with a replication slot, gets its name back. */
async function takeBack(
  session: WriteSession,
  { name, pending, allowConnections }: Names & { allowConnections: boolean },
  cause: unknown,
): Promise<void> {
  try {
    const ownership = await selectOwnership(session, pending);
    if (ownership === undefined) return;
    const commands = [rename(pending, name), sql`alter ${database(name)} with allow_connections ${allowConnections}`];
    await session.execute(...asCreator(session, ownership, commands));
  } catch (error) {
    throw new ProviderError<ErrorCode>(
      `it cannot be dropped, and is still there under the name ${pending}: ${messageOf(cause)}`,
      {
        code: "postgres.database.pending",
        hint: `Remove the reason, then destroy again; to keep the database instead, run ALTER DATABASE ${identifier(pending).text} RENAME TO ${identifier(name).text}`,
        cause: error,
      },
    );
  }
}

const rename = (from: string, to: string): Sql => sql`alter ${database(from)} rename to ${identifier(to)}`;

/** Renaming needs the owner's rights and CREATEDB at once, so acting as the owner is not enough. */
const asCreator = ({ facts }: WriteSession, { actAs: owner }: Ownership, commands: readonly Sql[]): Sql[] =>
  withRightsOf(owner === null ? [] : [owner], facts.majorVersion, join(commands, "; "));

/**
 * The account may drop the database but not rename it (42501), or a killed DROP DATABASE has left an invalid database that
 * accepts no other command (55000).
 */
const cannotRename = new Set(["42501", "55000"]);

/**
 * Drops the database under its own name. Between the look at the mark and DROP DATABASE, only the advisory lock keeps
 * other deployments away: those with another maintenance database do not see it.
 */
async function dropInPlace(session: WriteSession, name: string, mark: Mark): Promise<void> {
  const ownership = requireMarked(await selectOwnership(session, name), mark);
  try {
    await dropAs(session, ownership.actAs, name);
  } catch (error) {
    if (sqlStateOf(error) === "3D000") throw new MarkChanged(name, { cause: error });
    throw sqlStateOf(error) === "55006" ? await databaseInUse(session, name, error) : error;
  }
}

/** Names the connected clients; the server's own message only counts them. */
async function databaseInUse(session: WriteSession, name: string, cause: unknown): Promise<ProviderError<ErrorCode>> {
  const clients = await session.query<{ client: string }>(sql`
    select distinct concat_ws(' ', usename, 'with', nullif(application_name, '')) as client
    from pg_stat_activity where datname = ${name} and backend_type = 'client backend' order by 1 limit 5`);
  const names = clients.map(({ client }) => client.replace(/ with$/, "")).join(", ");
  return new ProviderError<ErrorCode>(`it is in use${names === "" ? "" : `: ${names}`}`, {
    code: "postgres.database.inUse",
    hint: "Stop the clients of the database, then apply again; a database with sessions is never dropped",
    cause,
  });
}
