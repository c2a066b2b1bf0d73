import type { Secret } from "@nixops4-resources/protocol-core";
import { Client, DatabaseError } from "pg";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { apps, type App } from "./apps.ts";

/** The databases as an administrator sees them, one line each. */
export async function describeDatabases(address: PostgresAddress): Promise<string[]> {
  const lines = [];
  for (const app of apps) {
    const [row] = await ask<{ owner: string; extensions: string; comment: string }>(
      address,
      app,
      `select pg_get_userbyid(datdba) as owner, shobj_description(oid, 'pg_database') as comment,
              (select string_agg(extname, ', ' order by extname) from pg_extension where extname <> 'plpgsql') as extensions
       from pg_database where datname = current_database()`,
    );
    lines.push(
      `database ${app.padEnd(9)} owner ${String(row?.owner).padEnd(9)} extensions ${row?.extensions ?? "none"}`,
      `         ${" ".repeat(9)} marked ${row?.comment ?? "not at all"}`,
    );
  }
  return lines;
}

/** Makes changes by hand that a deployment must notice. Returns them. */
export async function drift(address: PostgresAddress): Promise<string[]> {
  const changes: [App, string][] = [
    ["mastodon", "alter role mastodon connection limit 1"],
    ["mastodon", "alter role mastodon password 'guessed'"],
    ["peertube", "drop extension unaccent"],
    ["pixelfed", "revoke connect on database pixelfed from monitoring"],
  ];
  for (const [app, statement] of changes) await ask(address, app, statement);
  return changes.map(([, statement]) => statement);
}

/** Logs in as the app's role and uses its database. */
export async function logIn({ host, port }: PostgresAddress, app: App, password: Secret): Promise<string> {
  const client = new Client({ host, port, user: app, database: app, password: password.revealText() });
  try {
    await client.connect();
    await client.query("create table if not exists posts (id int primary key, text text)");
    await client.query("insert into posts values (1, 'Hello, fediverse') on conflict do nothing");
    const { rows } = await client.query<{ who: string; text: string }>("select current_user as who, text from posts");
    return `${String(rows[0]?.who).padEnd(9)} has a table in its database and reads: ${rows[0]?.text}`;
  } catch (error) {
    // Source: https://www.postgresql.org/docs/18/errcodes-appendix.html
    if (error instanceof DatabaseError && error.code === "28P01")
      return `${app.padEnd(9)} is rejected: ${error.message}`;
    throw error;
  } finally {
    await client.end();
  }
}

async function ask<Row extends Record<string, unknown>>(
  address: PostgresAddress,
  database: string,
  statement: string,
): Promise<Row[]> {
  const client = new Client(await superuserLogin(address, database));
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
