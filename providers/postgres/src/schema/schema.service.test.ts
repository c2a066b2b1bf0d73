import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { type DeployedResource, testResource, type Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import schema from "./schema.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("the schema of an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "schemaadmin_shop";
  const prepare = PostgresBackend.prepare({
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
    backend: () => prepare(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "Its statements are the same on 18, where it is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries them all.",
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
  const prepare = PostgresBackend.prepare({
    prefix: "schemas",
    account: "superuser",
    prepare: ["create role schemas_owner", "create database schemas_other template template0"],
    database: { name: "schemas_shop", prepare: [] },
    snapshot: async () => undefined,
  });
  const hand = useBackend(() => prepare(server()));
  const schemas = (more: Message = {}): DeployedResource =>
    deployed(hand(), "schema", { database: "schemas_shop", name: "app", ...more });
  const run = (sql: string) => hand().runIn("schemas_shop", sql);

  test("is destroyed only when it is empty; what is in it is told", async () => {
    await schemas().create({});
    await run("create table app.orders (); create view app.open as select from app.orders");
    const { error } = await schemas().destroy({});
    expect(error).toBe(
      "[postgres.schema.notEmpty] Unable to delete schema app in schemas_shop: the schema app is not empty: " +
        "table app.orders depends on schema app, view app.open depends on schema app.\n" +
        'Hint: Drop what is in it by hand if nobody needs it, or keep the schema with `deletion = "retain"`',
    );
    await run("drop view app.open; drop table app.orders");
    expect((await schemas().destroy({})).outcome).toBe("deleted");
  });

  test("keeps a person's words when it is adopted and when it is let go", async () => {
    const words = async (): Promise<unknown> =>
      (await run("select obj_description('app'::regnamespace, 'pg_namespace') as words"))[0]?.["words"];
    await run("create schema app; comment on schema app is 'Orders.'");
    expect((await schemas().create({ adopt: true })).outcome).toBe("adopted");
    expect(await words()).toBe('Orders.\nnixops4:{"v":1,"managedBy":"shop","type":"schema","adopted":true}');
    expect((await schemas().destroy({})).outcome).toBe("retained");
    expect(await words()).toBe("Orders.");
  });

  test("without an owner is left with the one that it has", async () => {
    await schemas().create({});
    await run("alter schema app owner to schemas_owner");
    const { outcome, body } = await schemas().create({});
    expect({ outcome, body }).toEqual({ outcome: "unchanged", body: { outputProperties: { owner: "schemas_owner" } } });
  });

  test("is listed from every database that takes connections", async () => {
    await schemas().create({});
    await schemas({ database: "schemas_other", name: "more" }).create({});
    await hand().run("create database schemas_closed template template0 allow_connections false");
    const { body, error } = await schemas().list();
    expect(error).toBeUndefined();
    // Other tests have a deployment of this name too.
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

  test("of a database that is not there is missing to a look, and an error to a create", async () => {
    const nowhere = schemas({ database: "schemas_nowhere" });
    expect((await nowhere.plan({})).body).toMatchObject({ action: "create" });
    expect((await nowhere.create({})).error).toContain("[postgres.database.missing]");
    expect((await nowhere.destroy({})).outcome).toBe("deleted");
  });
});
