import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import type { QueryResultRow } from "pg";
import { deployed } from "./deployment.ts";

/** A schema with an object of every kind that grants can be on. */
export const schemaToGrantOn = `
  create schema app;
  create table app.orders (id integer, name text, secret text); create table app.customers (); create sequence app.numbers;
  create function app.add(integer, integer) returns integer language sql as 'select 1';
  create function app.add(text) returns integer language sql as 'select 1';
  create type app.colour as enum ('red');`;

export const onOrders = { objectType: "table", schema: "app", object: "orders" };

/** Access to the database under test. The names of its roles, and its own, begin with the prefix. */
interface GrantTests {
  /** A deployment of a grant on an object, by default the table `orders`. */
  grants: (object?: Message) => DeployedResource;
  /** Privileges of the role `PREFIX_reader`. The roles `owner`, `writer` and `other` exist too. */
  reader: (...privileges: string[]) => Message;
  /** Runs SQL in the database, past the provider. */
  run: (sql: string) => Promise<QueryResultRow[]>;
  /** Whether the role has the privilege on the table `orders`. */
  may: (role: string, privilege: string) => Promise<unknown>;
}

/** Call it next to the tests. The database is reset before each of them. */
export function useGrants(server: () => PostgresAddress, prefix: string): GrantTests {
  const database = `${prefix}_shop`;
  const startBackend = PostgresBackend.prepare({
    prefix,
    account: "superuser",
    prepare: ["owner", "reader", "writer", "other"].map((role) => `create role ${prefix}_${role}`),
    database: { name: database, prepare: [schemaToGrantOn] },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const run = (sql: string): Promise<QueryResultRow[]> => backend().runIn(database, sql);
  return {
    grants: (object = onOrders) => deployed(backend(), "grant", { database, ...object }),
    reader: (...privileges) => ({ [`${prefix}_reader`]: { privileges } }),
    run,
    async may(role, privilege) {
      const [row] = await run(`select has_table_privilege('${prefix}_${role}', 'app.orders', '${privilege}') as may`);
      return row?.["may"];
    },
  };
}
