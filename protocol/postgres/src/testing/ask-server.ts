import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { connectReader, type PostgresReader } from "../client.ts";
import { connection, type Connection } from "../connection.ts";
import { sql, type Sql } from "../sql.ts";

/** Inputs of the connection to change. */
export type Given = Partial<Record<keyof Connection, unknown>>;

/** Connects for reading. */
export function open(
  server: PostgresAddress,
  given: Given = {},
  signal = AbortSignal.timeout(30_000),
): Promise<PostgresReader> {
  return connectReader(parse(server, given), { signal, timeoutSeconds: 30 });
}

/** A connection as the server's superuser, unless `given` changes it. */
export function parse({ host, port, user, passwordFile }: PostgresAddress, given: Given = {}): Connection {
  return connection.parse({ host, port, user, password: { file: passwordFile }, ...given });
}

/** The current user, and whether the connection uses TLS. */
const who = sql`select current_user::text as "user", (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as tls`;

/** The first row of a query in the maintenance database. */
export async function ask(server: PostgresAddress, given: Given = {}, query: Sql = who): Promise<unknown> {
  await using client = await open(server, given);
  const [row] = await (await client.maintenance()).query(query);
  return row;
}
