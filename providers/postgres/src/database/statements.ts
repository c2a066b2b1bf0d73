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
import { underLock } from "./create.ts";
import { selectDatabase } from "./catalog.ts";
import type { DatabaseInputs } from "./database.ts";
import type { ErrorCode } from "../errors.ts";
import { settingStatements } from "../settings.ts";

const database = (name: string): Sql => sql`database ${identifier(name)}`;

/** The role to act as, so as to change a database. */
interface Ownership {
  /** Null where we have the owner's rights, or may not act as it. */
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

/** Brings in line the inputs that changed. */
export async function alterDatabase(
  session: WriteSession,
  want: DatabaseInputs,
  changed: ReadonlySet<keyof DatabaseInputs>,
): Promise<void> {
  await session.transaction(
    async () => {
      // What is there is read under the lock: somebody may have changed it since the look.
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

/** The statements with the owner's rights. */
const asOwner = (ownership: Ownership, statements: readonly Sql[]): Sql[] =>
  ownership.actAs === null ? [...statements] : [actAs(ownership.actAs), ...statements, actAs(null)];

/** This needs the old owner's rights and CREATEDB at once, so acting as the owner does not do. */
function newOwner(name: string, owner: string, old: Ownership, majorVersion: number): Sql[] {
  const change = sql`alter ${database(name)} owner to ${identifier(owner)}`;
  return withRightsOf(old.actAs === null ? [] : [old.actAs], majorVersion, change);
}

/** Writes our mark into the database's comment, or takes it out. */
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

/** Never with FORCE: whoever is connected has to leave by himself. */
export async function dropDatabase(session: WriteSession, name: string): Promise<void> {
  await underLock(session, name, async () => {
    await session.execute(lockForSession("database", name));
    const ownership = await selectOwnership(session, name);
    if (ownership === undefined) return;
    // For the session, since DROP DATABASE runs in no transaction.
    if (ownership.actAs !== null) await session.execute(sql`set role ${identifier(ownership.actAs)}`);
    try {
      await session.execute(sql`drop database if exists ${identifier(name)}`);
    } catch (error) {
      throw sqlStateOf(error) === "55006" ? await inUse(session, name, error) : error;
    } finally {
      if (ownership.actAs !== null) await session.query(actAs(null)).catch(() => undefined);
    }
  });
}

/** The server only counts them. */
async function inUse(session: WriteSession, name: string, cause: unknown): Promise<ProviderError<ErrorCode>> {
  const users = await session.query<{ who: string }>(sql`
    select distinct concat_ws(' ', usename, 'with', nullif(application_name, '')) as who
    from pg_stat_activity where datname = ${name} order by 1 limit 5`);
  const who = users.length === 0 ? "" : `: ${users.map((user) => user.who.replace(/ with$/, "")).join(", ")}`;
  return new ProviderError<ErrorCode>(`it is in use${who}`, {
    code: "postgres.database.inUse",
    hint: "Stop what uses it, then try again; a database is never dropped under its sessions",
    cause,
  });
}
