import { log, ProviderError, readMark, type Listed } from "@nixops4-resources/protocol-core";
import { sql, type PostgresReader, type ReadSession, type Sql } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "./errors.ts";

/** The session in a database; undefined where there is no such database, and so nothing in it. */
export async function sessionIfThere<Session extends ReadSession>(
  client: PostgresReader<Session>,
  database: string,
): Promise<Session | undefined> {
  try {
    return await client.on(database);
  } catch (error) {
    if (error instanceof ProviderError && error.code === ("postgres.database.missing" satisfies ErrorCode))
      return undefined;
    throw error;
  }
}

/**
 * What bears the deployment's mark in its comment, in any database that takes connections. `objects` has the columns oid, name and
 * catalog.
 */
export async function listMarked(client: PostgresReader, managedBy: string, objects: Sql): Promise<Listed[]> {
  const listed = [];
  for (const database of await databasesToLookInto(client)) {
    for (const { name, comment } of await commentsIn(client, database, objects)) {
      const mark = readMark(comment);
      if (mark?.managedBy !== managedBy) continue;
      listed.push({ label: `${name} in ${database}`, inputs: { database, name }, mark });
    }
  }
  return listed;
}

interface Commented {
  name: string;
  comment: string | null;
}

/** Nothing where the database was dropped meanwhile. */
async function commentsIn(client: PostgresReader, database: string, objects: Sql): Promise<Commented[]> {
  const session = await sessionIfThere(client, database);
  if (session === undefined) return [];
  try {
    return await session.query<Commented & { oid: number }>(sql`
      select name, obj_description(oid, catalog) as comment from (${objects}) objects order by name`);
  } catch (error) {
    if (await isThere(client, database)) throw error;
    return [];
  } finally {
    // A server has many databases and few connections.
    if (database !== client.connection.database) await session[Symbol.asyncDispose]();
  }
}

async function isThere(client: PostgresReader, database: string): Promise<boolean> {
  const session = await client.maintenance();
  return (await session.query(sql`select from pg_database where datname = ${database}`)).length > 0;
}

async function databasesToLookInto(client: PostgresReader): Promise<string[]> {
  const session = await client.maintenance();
  const databases = await session.query<{ name: string; isAllowed: boolean }>(sql`
    select datname as name, has_database_privilege(oid, 'connect') as "isAllowed"
    from pg_database where datallowconn order by datname`);
  for (const { name, isAllowed } of databases) {
    if (!isAllowed) log.warn("a database was left out: the account lacks CONNECT on it", { database: name });
  }
  return databases.flatMap(({ name, isAllowed }) => (isAllowed ? [name] : []));
}
