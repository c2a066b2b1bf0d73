import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import schema from "./schema.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("a schema created by an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "schemaadmin_shop";
  const startBackend = PostgresBackend.prepare({
    prefix: "schemaadmin",
    account: "admin",
    prepare: [
      "create role schemaadmin_one",
      "create role schemaadmin_two",
      mayActAs("schemaadmin_one, schemaadmin_two", "inherit"),
    ],
    database: { name: database, prepare: [`alter database ${database} owner to schemaadmin_one`] },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  testResource(schema, {
    main,
    throughWorker: "only",
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 receives the same statements and is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries all of them.",
    want: { database, name: "reports", owner: "schemaadmin_one" },
    changed: { owner: "schemaadmin_two" },
    immutable: { database: "schemaadmin_other", name: "exports" },
    drift: {
      owner: async (backend) => {
        await backend.runIn(database, "alter schema reports owner to schemaadmin_two");
      },
    },
    makeUnmarked: async (backend) => {
      await backend.runIn(database, "set role schemaadmin_one; create schema reports");
    },
  });
});

describePostgres("a schema", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "schemas",
    account: "superuser",
    prepare: ["create role schemas_owner", "create database schemas_other template template0"],
    database: { name: "schemas_shop", prepare: [] },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const schemas = (more: Message = {}): DeployedResource =>
    deployed(backend(), "schema", { database: "schemas_shop", name: "app", ...more });
  const run = (sql: string) => backend().runIn("schemas_shop", sql);

  test("is not dropped unless it is empty, and the error names its objects", async () => {
    await schemas().create({});
    await run("create table app.orders (); create view app.open as select from app.orders");
    const { error } = await schemas().destroy({});
    expect(error).toBe(
      "[postgres.schema.notEmpty] Unable to delete schema app in schemas_shop: the schema app is not empty: " +
        "table app.orders depends on schema app, view app.open depends on schema app.\n" +
        'Hint: Drop these objects manually if they are not needed, or keep the schema with `deletion = "retain"`',
    );
    await run("drop view app.open; drop table app.orders");
    expect((await schemas().destroy({})).outcome).toBe("deleted");
  });

  test("keeps a person's comment when it is adopted and when it is retained", async () => {
    const comment = async (): Promise<unknown> =>
      (await run("select obj_description('app'::regnamespace, 'pg_namespace') as comment"))[0]?.["comment"];
    await run("create schema app; comment on schema app is 'Orders.'");
    expect((await schemas().create({ adopt: true })).outcome).toBe("adopted");
    expect(await comment()).toBe('Orders.\nnixops4:{"v":1,"managedBy":"shop","type":"schema","adopted":true}');
    expect((await schemas().destroy({})).outcome).toBe("retained");
    expect(await comment()).toBe("Orders.");
  });

  test("keeps its current owner if `owner` is null", async () => {
    await schemas().create({});
    await run("alter schema app owner to schemas_owner");
    const { outcome, body } = await schemas().create({});
    expect({ outcome, body }).toEqual({ outcome: "unchanged", body: { outputProperties: { owner: "schemas_owner" } } });
  });

  test("is listed from every database that accepts connections", async () => {
    await schemas().create({});
    await schemas({ database: "schemas_other", name: "more" }).create({});
    await backend().run("create database schemas_closed template template0 allow_connections false");
    const { body, error } = await schemas().list();
    expect(error).toBeUndefined();
    // Other tests use a deployment of this name too.
    expect(body["resources"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          label: "more in schemas_other",
          inputProperties: { database: "schemas_other", name: "more" },
        }),
        expect.objectContaining({ label: "app in schemas_shop" }),
      ]),
    );
  });

  test("of a missing database is planned and destroyed as missing, and cannot be created", async () => {
    const nowhere = schemas({ database: "schemas_nowhere" });
    expect((await nowhere.plan({})).body).toMatchObject({ action: "create" });
    expect((await nowhere.create({})).error).toContain("[postgres.database.missing]");
    expect((await nowhere.destroy({})).outcome).toBe("unchanged");
  });
});
