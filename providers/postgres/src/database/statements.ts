import { ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import {
  identifier,
  lockForSession,
  lockForTransaction,
  sql,
  sqlStateOf,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { actAs, roleToActAs, withRightsOf } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { selectDatabase } from "./catalog.ts";
import type { ErrorCode } from "../errors.ts";
import type { DatabaseInputs } from "./inputs.ts";
import { releaseLockAfter } from "./session-lock.ts";
import { settingStatements } from "../settings.ts";

const database = (name: string): Sql => sql`database ${identifier(name)}`;

interface Ownership {
  /** Role to act as for changes; null if the account has the owner's rights, or may not act as the owner. */
  actAs: string | null;
  comment: string | null;
}

async function selectOwnership(session: WriteSession, name: string): Promise<Ownership | undefined> {
  const [row] = await session.query<Ownership>(sql`
    select ${roleToActAs(sql`datdba`)} as "actAs",
           shobj_description(oid, 'pg_database') as comment
    from pg_database where datname = ${name}`);
  return row;
}

/** Writes the changed inputs. */
export async function alterDatabase(
  session: WriteSession,
  want: DatabaseInputs,
  changed: ReadonlySet<keyof DatabaseInputs>,
): Promise<void> {
  await session.transaction(
    async () => {
      // Read again under the lock: somebody may have changed the database since it was read.
      const current = await selectDatabase(session, want);
      const ownership = await selectOwnership(session, want.name);
      if (current === undefined || ownership === undefined) return;
      const statements = alterations(want, changed, current.settings);
      if (statements.length > 0) await session.execute(...asOwner(ownership, statements));
      if (changed.has("owner") && want.owner !== null) {
        await session.execute(...newOwner(want.name, want.owner, ownership, session.facts.majorVersion));
      }
    },
    lockForTransaction("database", want.name),
  );
}

/** https://www.postgresql.org/docs/18/sql-alterdatabase.html */
function alterations(
  want: DatabaseInputs,
  changed: ReadonlySet<keyof DatabaseInputs>,
  settings: DatabaseInputs["settings"],
): Sql[] {
  const target = database(want.name);
  const publicConnect = want.revokePublicConnect
    ? sql`revoke connect on ${target} from public`
    : sql`grant connect on ${target} to public`;
  return [
    ...(changed.has("connectionLimit") ? [sql`alter ${target} with connection limit ${want.connectionLimit}`] : []),
    ...(changed.has("allowConnections") ? [sql`alter ${target} with allow_connections ${want.allowConnections}`] : []),
    ...(changed.has("revokePublicConnect") ? [publicConnect] : []),
    ...(changed.has("settings") ? settingStatements(target, settings, want.settings) : []),
  ];
}

/** Runs the statements with the owner's rights. */
const asOwner = (ownership: Ownership, statements: readonly Sql[]): Sql[] =>
  ownership.actAs === null ? [...statements] : [actAs(ownership.actAs), ...statements, actAs(null)];

/** A change of owner needs the old owner's rights and CREATEDB at once, so acting as the old owner is not enough. */
function newOwner(name: string, owner: string, old: Ownership, majorVersion: number): Sql[] {
  const change = sql`alter ${database(name)} owner to ${identifier(owner)}`;
  return withRightsOf(old.actAs === null ? [] : [old.actAs], majorVersion, change);
}

/** Writes the mark into the database's comment, or removes it if undefined. */
export async function commentOnDatabase(session: WriteSession, name: string, mark: Mark | undefined): Promise<void> {
  await session.transaction(
    async () => {
      const ownership = await selectOwnership(session, name);
      if (ownership === undefined) return;
      await session.execute(...asOwner(ownership, [commentWithMark(database(name), ownership.comment, mark)]));
    },
    lockForTransaction("database", name),
  );
}

/** Drops the database without FORCE: connected clients must disconnect themselves. */
export async function dropDatabase(session: WriteSession, name: string): Promise<void> {
  await releaseLockAfter(session, name, async () => {
    await session.execute(lockForSession("database", name));
    const ownership = await selectOwnership(session, name);
    if (ownership === undefined) return;
    // For the session, since DROP DATABASE cannot run in a transaction.
    if (ownership.actAs !== null) await session.execute(sql`set role ${identifier(ownership.actAs)}`);
    try {
      await session.execute(sql`drop database if exists ${identifier(name)}`);
    } catch (error) {
      throw sqlStateOf(error) === "55006" ? await databaseInUse(session, name, error) : error;
    } finally {
      if (ownership.actAs !== null) await session.query(actAs(null)).catch(() => undefined);
    }
  });
}

/** Names the connected clients; the server's own message only counts them. */
async function databaseInUse(session: WriteSession, name: string, cause: unknown): Promise<ProviderError<ErrorCode>> {
  const clients = await session.query<{ client: string }>(sql`
    select distinct concat_ws(' ', usename, 'with', nullif(application_name, '')) as client
    from pg_stat_activity where datname = ${name} order by 1 limit 5`);
  const names = clients.map(({ client }) => client.replace(/ with$/, "")).join(", ");
  return new ProviderError<ErrorCode>(`it is in use${names === "" ? "" : `: ${names}`}`, {
    code: "postgres.database.inUse",
    hint: "Stop the clients of the database, then apply again; a database with sessions is never dropped",
    cause,
  });
}
