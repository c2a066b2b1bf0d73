import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { testResource, type DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import grant from "./grant.ts";
import { snapshotDatabase } from "../../testing/database-snapshot.ts";
import { main } from "../../testing/deployment.ts";
import { onOrders, schemaToGrantOn, useGrants } from "../../testing/grants.ts";
import { mayActAs } from "../../testing/may-act-as.ts";

describePostgres("a grant on columns by an account with CREATEROLE and CREATEDB that owns nothing", (server) => {
  const database = "columnsadmin_shop";
  const startBackend = PostgresBackend.prepare({
    prefix: "columnsadmin",
    account: "admin",
    prepare: ["create role columnsadmin_owner", "create role columnsadmin_reader", mayActAs("columnsadmin_owner")],
    database: {
      name: database,
      prepare: [
        `alter database ${database} owner to columnsadmin_owner`,
        `set role columnsadmin_owner; ${schemaToGrantOn}`,
      ],
    },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  testResource(grant, {
    main,
    backend: () => startBackend(server()),
    reached: "network",
    notDisturbed: "A grant on a table is changed by the same code.",
    oneBrokenConnection: "The contract of `role` tries all of them.",
    want: {
      database,
      objectType: "columns",
      schema: "app",
      object: "orders",
      columns: ["name", "id"],
      grants: {
        columnsadmin_reader: { privileges: ["SELECT", "UPDATE"], grantable: ["SELECT"] },
        PUBLIC: { privileges: ["SELECT"] },
      },
    },
    changed: { grants: { columnsadmin_reader: { privileges: ["SELECT"] } } },
    notChanged: { exclusive: "it has no value on the server; tested below" },
    immutable: {
      database: "columnsadmin_other",
      objectType: "sequence",
      schema: "public",
      object: "customers",
      columns: ["id"],
    },
    drift: {
      grants: async (backend) => {
        await backend.runIn(database, "revoke select (name) on app.orders from public");
      },
    },
  });
});

describePostgres("a grant on columns", (server) => {
  const { grants, reader, run } = useGrants(server, "columns");
  const onColumns = (...columns: string[]): DeployedResource => grants({ ...onOrders, objectType: "columns", columns });
  /** The columns of `orders` that the role may read. */
  const readable = async (role = "reader"): Promise<unknown> =>
    (
      await run(`select attname from pg_attribute where attrelid = 'app.orders'::regclass and attnum > 0
        and has_column_privilege('columns_${role}', attrelid, attnum, 'select') order by attnum`)
    ).map(({ attname }) => String(attname));

  test("applies the example of the documentation", async () => {
    await run("create table public.customers (id integer, name text, address text)");
    const { database: _, grants: forReporting, ...object } = grant.example;
    const example = grants(object);
    const inputs = { grants: { columns_reader: forReporting["reporting"] } };
    expect((await example.create(inputs)).outcome).toBe("created");
    const rows = await run(
      "select has_column_privilege('columns_reader', 'public.customers', name, 'select') as may from unnest('{id,name,address}'::text[]) name",
    );
    expect(rows).toEqual([{ may: true }, { may: true }, { may: false }]);
    expect((await example.destroy(inputs)).outcome).toBe("deleted");
  });

  test("names columns in any order, and keeps other columns and other grantees", async () => {
    await run(
      "grant select (secret) on app.orders to columns_reader; grant select (id) on app.orders to columns_other",
    );
    expect((await onColumns("name", "id").create({ grants: reader("SELECT") })).outcome).toBe("created");
    expect(await readable()).toEqual(["id", "name", "secret"]);
    const inputs = { grants: reader("SELECT") };
    const reordered = await onColumns("name", "id").update(inputs, { ...inputs, columns: ["id", "name", "id"] });
    expect(reordered.outcome).toBe("unchanged");
    expect((await onColumns("id", "name").destroy(inputs)).outcome).toBe("deleted");
    expect([await readable(), await readable("other")]).toEqual([["secret"], ["id"]]);
  });

  test("stays when a grant on the table revokes the same privilege, with its grant option", async () => {
    const passing = { columns_reader: { privileges: ["SELECT"], grantable: ["SELECT"] } };
    const both = { grants: { ...passing, columns_other: { privileges: ["SELECT", "DELETE"] } } };
    await grants().create(both);
    await onColumns("id", "name").create({ grants: passing });
    await run("grant select (secret) on app.orders to columns_other");
    expect(await readable()).toEqual(["id", "name", "secret"]);
    const left = { grants: { columns_other: { privileges: ["DELETE"] } } };
    expect((await grants().update(both, left)).outcome).toBe("updated");
    expect([await readable(), await readable("other")]).toEqual([["id", "name"], ["secret"]]);
    expect((await onColumns("id", "name").create({ grants: passing })).outcome).toBe("unchanged");
  });

  test("names the column that is missing, and revokes what remains after a column was dropped", async () => {
    const inputs = { grants: reader("SELECT") };
    await onColumns("id", "name").create(inputs);
    await run("alter table app.orders drop column name");
    expect((await onColumns("id", "name").plan(inputs)).body).toMatchObject({ action: "update" });
    expect((await onColumns("id", "name").create(inputs)).error).toContain('column "name" of relation "orders"');
    expect((await onColumns("id", "name").destroy(inputs)).outcome).toBe("deleted");
    expect(await readable()).toEqual([]);
  });

  test("lists the privileges of a column if another one is declared", async () => {
    const { error } = await onColumns("id").create({ grants: reader("DELETE") });
    expect(error).toContain("[postgres.grant.privilege]");
    expect(error).toContain("\nHint: Use ALL, or one of INSERT, REFERENCES, SELECT, UPDATE");
  });

  test("leaves the owner of the table its privileges, and reports nothing to revoke from it", async () => {
    await run("alter table app.orders owner to columns_owner");
    const inputs = { grants: { columns_owner: { privileges: ["SELECT"] } } };
    expect((await onColumns("id").create(inputs)).outcome).toBe("unchanged");
    expect(await readable("owner")).toEqual(["id", "name", "secret"]);
  });

  test("revokes other privileges on these columns with `exclusive`, if the deployment manages the schema", async () => {
    await run(`comment on schema app is 'nixops4:{"v":1,"managedBy":"shop","type":"schema"}'`);
    await run("grant select (id), select (secret) on app.orders to columns_other");
    const alone = { grants: reader("SELECT"), exclusive: true };
    expect((await onColumns("id").create(alone)).outcome).toBe("updated");
    expect([await readable(), await readable("other")]).toEqual([["id"], ["secret"]]);
  });
});
