import { superuserLogin } from "@nixops4-resources/integration/servers/postgres";
import { describePostgres } from "@nixops4-resources/integration/servers/testing";
import { testResource, type Message } from "@nixops4-resources/protocol-core/testing";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import grant from "./grant.ts";
import { snapshotDatabase } from "./testing/database-snapshot.ts";
import { Deployment, main, useBackend } from "./testing/deployment.ts";
import { mayActAs } from "./testing/may-act-as.ts";
import { PostgresBackend } from "./testing/postgres-backend.ts";

const reader = (...privileges: string[]): Message => ({ grants_reader: { privileges } });

const inSchema = `
  create schema app;
  create table app.orders (); create table app.customers (); create sequence app.numbers;
  create function app.add(integer, integer) returns integer language sql as 'select 1';
  create function app.add(text) returns integer language sql as 'select 1';
  create type app.colour as enum ('red');`;

describePostgres("the grant of an account with CREATEROLE and CREATEDB, which owns nothing", (server) => {
  const database = "grantadmin_shop";
  const backend = PostgresBackend.prepare({
    prefix: "grantadmin",
    account: "admin",
    prepare: [
      ...["owner", "reader", "writer"].map((role) => `create role grantadmin_${role}`),
      mayActAs("grantadmin_owner"),
    ],
    database: {
      name: database,
      prepare: [`alter database ${database} owner to grantadmin_owner`, `set role grantadmin_owner; ${inSchema}`],
    },
    snapshot: (hand) => snapshotDatabase(hand, database),
  });
  const privileges = ["SELECT", "INSERT"] as const;
  testResource(grant, {
    main,
    backend: () => backend(server()),
    reached: "network",
    want: {
      database,
      objectType: "table",
      schema: "app",
      object: "orders",
      grants: {
        grantadmin_reader: { privileges: [...privileges], grantable: ["SELECT"] },
        grantadmin_writer: { privileges: ["ALL"] },
        PUBLIC: { privileges: ["SELECT"] },
      },
    },
    changed: { grants: { grantadmin_reader: { privileges: ["SELECT"] } } },
    notChanged: { exclusive: "it says what of others may stay, and is nothing by itself; tried below" },
    immutable: { database: "grantadmin_other", objectType: "sequence", schema: "public", object: "customers" },
    drift: {
      grants: async (hand) => {
        await hand.runIn(database, "revoke select on app.orders from public");
      },
    },
  });
});

describePostgres("a grant", (server) => {
  const prepare = PostgresBackend.prepare({
    prefix: "grants",
    account: "superuser",
    prepare: ["owner", "reader", "writer", "other"].map((role) => `create role grants_${role}`),
    database: { name: "grants_shop", prepare: [inSchema] },
    snapshot: async () => undefined,
  });
  const hand = useBackend(() => prepare(server()));
  const onOrders = { objectType: "table", schema: "app", object: "orders" };
  const grants = (object: Message = onOrders): Deployment =>
    new Deployment(hand(), "grant", { database: "grants_shop", ...object });
  const run = (sql: string) => hand().runIn("grants_shop", sql);
  const may = async (role: string, privilege: string): Promise<unknown> => {
    const [row] = await run(`select has_table_privilege('grants_${role}', 'app.orders', '${privilege}') as may`);
    return row?.["may"];
  };
  const readerAndWriter = { ...reader("SELECT", "INSERT"), grants_writer: { privileges: ["SELECT"] } };

  describe("taking away", () => {
    test("an update revokes what the inputs before declared, and nobody else's", async () => {
      await grants().create({ grants: readerAndWriter });
      await run("grant select on app.orders to grants_other; grant delete on app.orders to grants_reader");
      const left = { grants: reader("SELECT") };

      const { body } = await grants().plan(left, { grants: readerAndWriter });
      expect(body).toMatchObject({
        action: "update",
        differences: [{ field: "grants", current: { grants_writer: { privileges: ["SELECT"] } } }],
      });
      expect((await grants().update({ grants: readerAndWriter }, left)).outcome).toBe("updated");
      expect([await may("reader", "SELECT"), await may("reader", "INSERT"), await may("writer", "SELECT")]).toEqual([
        true,
        false,
        false,
      ]);
      expect([await may("other", "SELECT"), await may("reader", "DELETE")]).toEqual([true, true]);
    });

    test("a create knows of no inputs before, and adds only", async () => {
      await grants().create({ grants: readerAndWriter });
      expect((await grants().create({ grants: reader("SELECT") })).outcome).toBe("unchanged");
      expect(await may("writer", "SELECT")).toBe(true);
    });

    test("destroying revokes what is declared and leaves the rest", async () => {
      await grants().create({ grants: readerAndWriter });
      expect((await grants().destroy({ grants: reader("SELECT") })).outcome).toBe("deleted");
      expect([await may("reader", "SELECT"), await may("reader", "INSERT")]).toEqual([false, true]);
    });

    test("a grant option goes without its privilege", async () => {
      const passing = { grants_reader: { privileges: ["SELECT"], grantable: ["SELECT"] } };
      await grants().create({ grants: passing });
      expect(await may("reader", "SELECT WITH GRANT OPTION")).toBe(true);
      await grants().update({ grants: passing }, { grants: reader("SELECT") });
      expect([await may("reader", "SELECT"), await may("reader", "SELECT WITH GRANT OPTION")]).toEqual([true, false]);
    });

    test("what a role has passed on is not taken from others along with it", async () => {
      const passing = { grants_reader: { privileges: ["SELECT"], grantable: ["SELECT"] } };
      await grants().create({ grants: passing });
      await run("grant usage on schema app to grants_reader");
      await run("set role grants_reader; grant select on app.orders to grants_other");
      const { error } = await grants().destroy({ grants: passing });
      expect(error).toContain("[postgres.grant.passedOn] Unable to delete grant on table app.orders in grants_shop");
      expect(await may("other", "SELECT")).toBe(true);
    });

    test("what another role than the owner granted is told with who can take it away", async () => {
      await run(
        "grant usage on schema app to grants_other; grant select on app.orders to grants_other with grant option",
      );
      await run("set role grants_other; grant select on app.orders to grants_reader");
      const { error } = await grants().destroy({ grants: reader("SELECT") });
      expect(error).toBe(
        "[postgres.grant.grantor] Unable to delete grant on table app.orders in grants_shop: " +
          "SELECT for grants_reader was granted by grants_other, and only grants_other can take it away.\n" +
          'Hint: Run as grants_other: revoke SELECT on table app.orders from "grants_reader".',
      );
    });

    test("a role is never without a privilege that it keeps", async () => {
      const [one, two] = [reader("SELECT", "INSERT"), reader("SELECT", "UPDATE")];
      await grants().create({ grants: one });
      const watcher = new Client(await superuserLogin(server(), "grants_shop"));
      await watcher.connect();
      const seen: unknown[] = [];
      const over = new AbortController();
      const watching = (async () => {
        while (!over.signal.aborted) {
          const { rows } = await watcher.query(
            "select has_table_privilege('grants_reader', 'app.orders', 'select') as may",
          );
          seen.push(rows[0]?.["may"]);
        }
        await watcher.end();
      })();
      for (const [from, to] of [
        [one, two],
        [two, one],
        [one, two],
        [two, one],
      ]) {
        expect((await grants().update({ grants: from }, { grants: to })).outcome).toBe("updated");
      }
      over.abort();
      await watching;
      expect(seen.length, "looks").toBeGreaterThan(100);
      expect(new Set(seen)).toEqual(new Set([true]));
    });
  });

  describe("exclusive", () => {
    const alone = { grants: reader("SELECT"), exclusive: true };

    test("is refused in what the deployment does not manage", async () => {
      await run("grant select on app.orders to grants_other");
      const { error } = await grants().create(alone);
      expect(error).toContain("[postgres.grant.exclusive]");
      expect(error).toContain("shop manages neither the database grants_shop nor the schema app");
      expect(await may("other", "SELECT")).toBe(true);
      expect(await may("reader", "SELECT")).toBe(false);
    });

    test.each(["database grants_shop", "schema app"])("revokes the others' where it manages the %s", async (parent) => {
      await run(`comment on ${parent} is 'nixops4:{"v":1,"managedBy":"shop","type":"any"}'`);
      await run(
        "alter table app.orders owner to grants_owner; grant select, delete on app.orders to grants_other, public",
      );
      const { body } = await grants().plan(alone);
      expect(body).toMatchObject({ action: "update", differences: [{ current: { PUBLIC: {}, grants_other: {} } }] });
      expect((await grants().create(alone)).outcome).toBe("updated");
      expect([await may("other", "SELECT"), await may("reader", "SELECT"), await may("owner", "DELETE")]).toEqual([
        false,
        true,
        true,
      ]);
      expect((await grants().create(alone)).outcome).toBe("unchanged");
    });

    test("closes a database to the public", async () => {
      await run(`comment on database grants_shop is 'nixops4:{"v":1,"managedBy":"shop","type":"database"}'`);
      const connect = { grants: reader("CONNECT"), exclusive: true };
      expect((await grants({ objectType: "database" }).create(connect)).outcome).toBe("updated");
      const rows = await run(`select has_database_privilege(role, 'grants_shop', 'connect') as may
        from unnest('{grants_reader,grants_other}'::text[]) role`);
      expect(rows).toEqual([{ may: true }, { may: false }]);
    });
  });

  describe("whose object it is", () => {
    test("the owner's own rights are no difference, and a new owner is none either", async () => {
      await run("alter table app.orders owner to grants_owner");
      await grants().create({ grants: { ...reader("SELECT"), grants_owner: { privileges: ["SELECT"] } } });
      await run("alter table app.orders owner to grants_other");
      const { outcome, body } = await grants().create({ grants: reader("SELECT") });
      expect(outcome).toBe("unchanged");
      expect(body).toEqual({ outputProperties: { owner: "grants_other" } });
    });

    test("a GRANT that PostgreSQL takes and does not make is an error", async () => {
      const limited = PostgresBackend.prepare({
        prefix: "grantless",
        account: "admin",
        snapshot: async () => undefined,
      });
      await using account = await limited(server());
      await account.reset();
      await run("grant usage on schema app to grantless_admin");
      const { error } = await new Deployment(account, "grant", { database: "grants_shop" }).create({
        objectType: "schema",
        schema: "app",
        grants: { PUBLIC: { privileges: ["USAGE"] } },
      });
      await run("revoke all on schema app from grantless_admin");
      expect(error).toContain("[postgres.grant.ineffective]");
      expect(error).toContain("USAGE for PUBLIC was not granted");
      expect(error).toContain("GRANT grants_superuser TO it");
    });
  });

  describe("what it is on", () => {
    test.each([
      ["database", { objectType: "database" }, ["CREATE", "TEMPORARY"]],
      ["schema", { objectType: "schema", schema: "app" }, ["CREATE", "USAGE"]],
      ["table", onOrders, ["SELECT", "TRUNCATE"]],
      ["all tables", { objectType: "allTables", schema: "app" }, ["ALL"]],
      ["sequence", { objectType: "sequence", schema: "app", object: "numbers" }, ["USAGE"]],
      ["all sequences", { objectType: "allSequences", schema: "app" }, ["SELECT"]],
      ["routine", { objectType: "routine", schema: "app", object: "add(int, integer)" }, ["EXECUTE"]],
      ["all routines", { objectType: "allRoutines", schema: "app" }, ["EXECUTE"]],
      ["type", { objectType: "type", schema: "app", object: "colour" }, ["USAGE"]],
      ["language", { objectType: "language", object: "plpgsql" }, ["USAGE"]],
    ])("%s: made once, seen, and taken away", async (_name, object, privileges) => {
      const it = grants(object);
      const inputs = { grants: reader(...privileges) };
      expect((await it.create(inputs)).outcome).toBe("created");
      expect((await it.create(inputs)).outcome).toBe("unchanged");
      expect((await it.destroy(inputs)).outcome).toBe("deleted");
      expect((await it.plan(inputs)).body).toMatchObject({ action: "create" });
    });

    test("all tables of a schema are those that are there: a new one is a difference", async () => {
      const all = grants({ objectType: "allTables", schema: "app" });
      await all.create({ grants: reader("SELECT") });
      await run("create table app.invoices ()");
      expect((await all.plan({ grants: reader("SELECT") })).body).toMatchObject({ action: "update" });
      expect((await all.create({ grants: reader("SELECT") })).outcome).toBe("updated");
      const query = `select bool_and(has_table_privilege('grants_reader', oid, 'select')) as may
        from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'`;
      expect(await run(query)).toEqual([{ may: true }]);

      await run("create table app.refunds ()");
      await all.destroy({ grants: reader("SELECT") });
      expect(await run(query.replace("bool_and", "bool_or"))).toEqual([{ may: false }]);
    });

    test.each([
      ["a privilege of another kind", onOrders, { grants: { PUBLIC: { privileges: ["CONNECT"] } } }, "SELECT, TRIGGER"],
      ["no name", { objectType: "table", schema: "app" }, {}, "`object` must be given"],
      ["a name too many", { objectType: "schema", schema: "app", object: "orders" }, {}, "`object` must be null"],
      ["an ambiguous name", { objectType: "routine", schema: "app", object: "add" }, {}, "add(integer, integer)"],
      ["an object that is not there", { ...onOrders, object: "nothing" }, {}, "[postgres.object.missing]"],
      [
        "a role that is not there",
        onOrders,
        { grants: { nobody: { privileges: ["SELECT"] } } },
        "[postgres.role.missing]",
      ],
      ["a database that is not there", { ...onOrders, database: "nowhere" }, {}, "[postgres.database.missing]"],
    ])("%s is refused with what to do", async (_name, object, inputs, words) => {
      const { error } = await grants(object).create({ grants: reader("ALL"), ...inputs });
      expect(error).toContain(words);
      expect(error).toContain("\nHint: ");
    });
  });

  test("20 grants on one object at once all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `grants_role${index}`);
    await run(roles.map((role) => `create role ${role};`).join("\n"));
    const told = await Promise.all(
      roles.map((role) =>
        grants({ objectType: "database" }).create({ grants: { [role]: { privileges: ["CREATE"] } } }),
      ),
    );
    expect(told.map(({ outcome, error }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});
