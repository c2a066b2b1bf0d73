import { log, ProviderError, readMark, type Listed } from "@nixops4-resources/protocol-core";
import { sql, type PostgresReader, type ReadSession, type Sql } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "./errors.ts";

/** The session in a database; undefined if the database does not exist, so nothing in it exists either. */
export async function sessionIfExists<Session extends ReadSession>(
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
 * Lists the objects whose comment carries the deployment's mark, in every database that accepts connections. `objects`
 * is a query with the columns oid, name and catalog.
 */
export async function listMarked(client: PostgresReader, managedBy: string, objects: Sql): Promise<Listed[]> {
  const listed = [];
  for (const database of await connectableDatabases(client)) {
    for (const { name, comment } of await commentsIn(client, database, objects)) {
      const mark = readMark(comment);
      if (mark?.managedBy !== managedBy) continue;
      listed.push({ label: `${name} in ${database}`, inputs: { database, name }, mark });
    }
  }
  return listed;
}

interface NamedComment {
  name: string;
  comment: string | null;
}

/** Empty if the database was dropped in the meantime. */
async function commentsIn(client: PostgresReader, database: string, objects: Sql): Promise<NamedComment[]> {
  const session = await sessionIfExists(client, database);
  if (session === undefined) return [];
  try {
    return await session.query<NamedComment & { oid: number }>(sql`
      select name, obj_description(oid, catalog) as comment from (${objects}) objects order by name`);
  } catch (error) {
    if (await databaseExists(client, database)) throw error;
    return [];
  } finally {
    // Closed at once: a server has many databases and few connections.
    if (database !== client.connection.database) await session[Symbol.asyncDispose]();
  }
}

async function databaseExists(client: PostgresReader, database: string): Promise<boolean> {
  const session = await client.maintenance();
  return (await session.query(sql`select from pg_database where datname = ${database}`)).length > 0;
}

async function connectableDatabases(client: PostgresReader): Promise<string[]> {
  const session = await client.maintenance();
  const databases = await session.query<{ name: string; isAllowed: boolean }>(sql`
    select datname as name, has_database_privilege(oid, 'connect') as "isAllowed"
    from pg_database where datallowconn order by datname`);
  for (const { name, isAllowed } of databases) {
    if (!isAllowed) log.warn("skipped a database: the account has no CONNECT on it", { database: name });
  }
  return databases.flatMap(({ name, isAllowed }) => (isAllowed ? [name] : []));
}
