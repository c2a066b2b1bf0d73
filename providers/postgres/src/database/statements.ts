import { MarkChanged, type Mark } from "@nixops4-resources/protocol-core";
import { identifier, sql, type Sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { actAs, roleToActAs, withRightsOf } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { selectDatabase, type SeenDatabase } from "./catalog.ts";
import { withIdentity } from "./identity.ts";
import type { DatabaseInputs } from "./inputs.ts";
import { lockShared, requireMarked } from "../proven.ts";
import { settingStatements } from "../settings.ts";

export const database = (name: string): Sql => sql`database ${identifier(name)}`;

export interface Ownership {
  /** Role to act as for changes; null if the account has the owner's rights, or may not act as the owner. */
  actAs: string | null;
  comment: string | null;
  allowConnections: boolean;
}

export async function selectOwnership(session: WriteSession, name: string): Promise<Ownership | undefined> {
  const [row] = await session.query<Ownership>(sql`
    select ${roleToActAs(sql`datdba`)} as "actAs",
           shobj_description(oid, 'pg_database') as comment, datallowconn as "allowConnections"
    from pg_database where datname = ${name}`);
  return row;
}

function requireExisting<T>(row: T | undefined): T {
  if (row === undefined) throw new MarkChanged();
  return row;
}

/**
 * Does work in a transaction that locks the database's entry in the catalog against every other session of the server.
 * `work` gets the owner's rights of the moment, if the database carries the expected mark.
 */
export const withLockedDatabase = (
  session: WriteSession,
  name: string,
  expected: Mark | undefined,
  work: (ownership: Ownership) => Promise<void>,
): Promise<void> =>
  session.transaction(async () => {
    const touch = async (): Promise<Sql[]> =>
      asOwner(requireExisting(await selectOwnership(session, name)), [sql`alter ${database(name)}`]);
    await lockShared(session, { kind: "database", name, touch });
    await work(requireMarked(await selectOwnership(session, name), expected));
  });

/** The inputs that differ, and the mark that the database carries. */
interface DatabaseChange {
  changed: ReadonlySet<keyof DatabaseInputs>;
  mark: Mark;
}

/** Writes the changed inputs, if the database carries the mark. */
export async function alterDatabase(
  session: WriteSession,
  want: DatabaseInputs,
  { changed, mark }: DatabaseChange,
): Promise<void> {
  await withLockedDatabase(session, want.name, mark, async (ownership) => {
    // Read again under the lock: somebody may have changed the database since it was read.
    const current = requireExisting(await selectDatabase(session, want));
    const statements = alterations(want, { changed, mark }, current);
    if (statements.length > 0) await session.execute(...asOwner(ownership, statements));
    if (changed.has("owner") && want.owner !== null) {
      await session.execute(...newOwner(want.name, want.owner, ownership, session.facts.majorVersion));
    }
    const mayLoseConnect = changed.has("owner") || changed.has("revokePublicConnect");
    if (mayLoseConnect && want.revokePublicConnect && !session.facts.isSuperuser) {
      const now = requireExisting(await selectOwnership(session, want.name));
      await session.execute(...asOwner(now, [keepConnect(database(want.name))]));
    }
  });
}

/** https://www.postgresql.org/docs/18/sql-alterdatabase.html */
function alterations(
  want: DatabaseInputs,
  { changed, mark }: DatabaseChange,
  { settings, comment }: SeenDatabase,
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
    ...(changed.has("identity") ? [commentWithMark(target, comment, withIdentity(mark, want.identity))] : []),
  ];
}

/**
 * The account keeps CONNECT, which it needs for schemas, extensions and grants in a database of another role. It may be
 * that it does not inherit the rights of the owner (PostgreSQL 16 and later).
 */
export const keepConnect = (target: Sql): Sql => sql`grant connect on ${target} to session_user`;

/** Runs the statements with the owner's rights. */
const asOwner = (ownership: Ownership, statements: readonly Sql[]): Sql[] =>
  ownership.actAs === null ? [...statements] : [actAs(ownership.actAs), ...statements, actAs(null)];

/** A change of owner needs the old owner's rights and CREATEDB at once, so acting as the old owner is not enough. */
function newOwner(name: string, owner: string, old: Ownership, majorVersion: number): Sql[] {
  const change = sql`alter ${database(name)} owner to ${identifier(owner)}`;
  return withRightsOf(old.actAs === null ? [] : [old.actAs], majorVersion, change);
}

/** Writes the mark into the database's comment, or removes it if undefined, if the database carries the expected mark. */
export async function commentOnDatabase(
  session: WriteSession,
  name: string,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  await withLockedDatabase(session, name, expected, async (ownership) => {
    await session.execute(...asOwner(ownership, [commentWithMark(database(name), ownership.comment, mark)]));
  });
}
