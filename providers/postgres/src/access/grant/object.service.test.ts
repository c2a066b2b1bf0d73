import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { expect, test } from "vitest";
import { onOrders, useGrants } from "../../testing/grants.ts";

describePostgres("the object of a grant", (server) => {
  const { grants, reader, run } = useGrants(server, "granting");

  test.each([
    ["database", { objectType: "database" }, ["CREATE", "TEMPORARY"]],
    ["schema", { objectType: "schema", schema: "app" }, ["CREATE", "USAGE"]],
    ["table", onOrders, ["SELECT", "TRUNCATE"]],
    ["columns", { ...onOrders, objectType: "columns", columns: ["id", "name"] }, ["SELECT", "UPDATE"]],
    ["all tables", { objectType: "allTables", schema: "app" }, ["ALL"]],
    ["sequence", { objectType: "sequence", schema: "app", object: "numbers" }, ["USAGE"]],
    ["all sequences", { objectType: "allSequences", schema: "app" }, ["SELECT"]],
    ["routine", { objectType: "routine", schema: "app", object: "add(int, integer)" }, ["EXECUTE"]],
    ["all routines", { objectType: "allRoutines", schema: "app" }, ["EXECUTE"]],
    ["type", { objectType: "type", schema: "app", object: "colour" }, ["USAGE"]],
    ["language", { objectType: "language", object: "plpgsql" }, ["USAGE"]],
  ])("%s: creates, reads and revokes the grant", async (_name, object, privileges) => {
    const it = grants(object);
    const inputs = { grants: reader(...privileges) };
    expect((await it.create(inputs)).outcome).toBe("created");
    expect((await it.create(inputs)).outcome).toBe("unchanged");
    expect((await it.destroy(inputs)).outcome).toBe("deleted");
    expect((await it.plan(inputs)).body).toMatchObject({ action: "create" });
  });

  test("all tables: treats a new table as a difference", async () => {
    const all = grants({ objectType: "allTables", schema: "app" });
    await all.create({ grants: reader("SELECT") });
    await run("create table app.invoices ()");
    expect((await all.plan({ grants: reader("SELECT") })).body).toMatchObject({ action: "update" });
    expect((await all.create({ grants: reader("SELECT") })).outcome).toBe("updated");
    const query = `select bool_and(has_table_privilege('granting_reader', oid, 'select')) as may
      from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r'`;
    expect(await run(query)).toEqual([{ may: true }]);

    await run("create table app.refunds ()");
    await all.destroy({ grants: reader("SELECT") });
    expect(await run(query.replace("bool_and", "bool_or"))).toEqual([{ may: false }]);
  });

  test.each([
    [
      "a privilege of another kind of object",
      onOrders,
      { grants: { PUBLIC: { privileges: ["CONNECT"] } } },
      "SELECT, TRIGGER",
    ],
    ["a missing name", { objectType: "table", schema: "app" }, {}, "`object` must be given"],
    ["a missing list of columns", { ...onOrders, objectType: "columns" }, {}, "`columns` must be given"],
    ["columns of another kind of object", { ...onOrders, columns: ["id"] }, {}, "`columns` must be null"],
    [
      "a missing column",
      { ...onOrders, objectType: "columns", columns: ["id", "size"] },
      {},
      'column "size" of relation',
    ],
    ["a database of a tablespace", { objectType: "tablespace", object: "pg_default" }, {}, "`database` must be null"],
    ["a missing database input", { ...onOrders, database: null }, {}, "`database` must be given"],
    [
      "a missing tablespace",
      { objectType: "tablespace", database: null, object: "none" },
      {},
      "tablespace none does not exist",
    ],
    ["a superfluous name", { objectType: "schema", schema: "app", object: "orders" }, {}, "`object` must be null"],
    ["an ambiguous name", { objectType: "routine", schema: "app", object: "add" }, {}, "add(integer, integer)"],
    ["a missing object", { ...onOrders, object: "nothing" }, {}, "[postgres.object.missing]"],
    ["a missing role", onOrders, { grants: { nobody: { privileges: ["SELECT"] } } }, "[postgres.role.missing]"],
    ["a missing database", { ...onOrders, database: "nowhere" }, {}, "[postgres.database.missing]"],
  ])("rejects %s with a hint", async (_name, object, inputs, words) => {
    const { error } = await grants(object).create({ grants: reader("ALL"), ...inputs });
    expect(error).toContain(words);
    expect(error).toContain("\nHint: ");
  });
});
