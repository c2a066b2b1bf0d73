import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import type { QueryResultRow } from "pg";
import { deployed } from "./deployment.ts";

/** A schema with something of every kind that it can have. */
export const schemaToGrantOn = `
  create schema app;
  create table app.orders (); create table app.customers (); create sequence app.numbers;
  create function app.add(integer, integer) returns integer language sql as 'select 1';
  create function app.add(text) returns integer language sql as 'select 1';
  create type app.colour as enum ('red');`;

export const onOrders = { objectType: "table", schema: "app", object: "orders" };

/** What tests of grants are about; names of roles and the database begin with the prefix. */
interface GrantTests {
  /** A deployment that grants on something, by default on the table orders. */
  grants: (object?: Message) => DeployedResource;
  /** Privileges of the role `PREFIX_reader`; there are `owner`, `writer` and `other` too. */
  reader: (...privileges: string[]) => Message;
  /** SQL in the database, past the provider. */
  run: (sql: string) => Promise<QueryResultRow[]>;
  /** Whether the role has the privilege for the table orders. */
  may: (role: string, privilege: string) => Promise<unknown>;
}

/** Call it where tests are declared; each finds the database as it was before the first. */
export function useGrants(server: () => PostgresAddress, prefix: string): GrantTests {
  const database = `${prefix}_shop`;
  const prepare = PostgresBackend.prepare({
    prefix,
    account: "superuser",
    prepare: ["owner", "reader", "writer", "other"].map((role) => `create role ${prefix}_${role}`),
    database: { name: database, prepare: [schemaToGrantOn] },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => prepare(server()));
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
