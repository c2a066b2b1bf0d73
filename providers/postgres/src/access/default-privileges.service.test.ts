import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { type DeployedResource, testResource, type Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import defaultPrivileges from "./default-privileges.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("the default privileges of an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "defaultsadmin_shop";
  const prepare = PostgresBackend.prepare({
    prefix: "defaultsadmin",
    account: "admin",
    prepare: [
      ...["owner", "reader", "writer"].map((role) => `create role defaultsadmin_${role}`),
      mayActAs("defaultsadmin_owner"),
    ],
    database: { name: database, prepare: ["create schema app"] },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  testResource(defaultPrivileges, {
    main,
    backend: () => prepare(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "Its statements are the same on 18, where it is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries them all.",
    want: {
      database,
      owner: "defaultsadmin_owner",
      objectType: "tables",
      schema: "app",
      grants: {
        defaultsadmin_reader: { privileges: ["SELECT", "UPDATE"], grantable: ["SELECT"] },
        defaultsadmin_writer: { privileges: ["ALL"] },
        PUBLIC: { privileges: ["SELECT"] },
      },
    },
    changed: { grants: { defaultsadmin_reader: { privileges: ["SELECT"] } } },
    notChanged: { exclusive: "it says what of others may stay, and is nothing by itself; tried below" },
    immutable: {
      database: "defaultsadmin_other",
      owner: "defaultsadmin_writer",
      objectType: "sequences",
      schema: "public",
    },
    drift: {
      grants: async (backend) => {
        await backend.runIn(
          database,
          "alter default privileges for role defaultsadmin_owner in schema app revoke select on tables from public",
        );
      },
    },
  });
});

describePostgres("default privileges", (server) => {
  const prepare = PostgresBackend.prepare({
    prefix: "defaults",
    account: "superuser",
    prepare: ["owner", "reader", "other"].map((role) => `create role defaults_${role}`),
    database: {
      name: "defaults_shop",
      prepare: ["create schema app authorization defaults_owner", "grant usage on schema app to public"],
    },
    snapshot: async () => undefined,
  });
  const hand = useBackend(() => prepare(server()));
  const defaults = (more: Message): DeployedResource =>
    deployed(hand(), "default_privileges", { database: "defaults_shop", owner: "defaults_owner", ...more });
  const run = (sql: string) => hand().runIn("defaults_shop", sql);
  const tables = { objectType: "tables", schema: "app" };
  /** Whether the role may do it with a table that the owner makes now. */
  const may = async (role: string, privilege: string): Promise<unknown> => {
    await run("set role defaults_owner; drop table if exists app.fresh; create table app.fresh ()");
    const [row] = await run(`select has_table_privilege('defaults_${role}', 'app.fresh', '${privilege}') as may`);
    return row?.["may"];
  };

  test("hold for a table that is made later, until they are not declared any more", async () => {
    const both = { grants: { defaults_reader: { privileges: ["SELECT", "UPDATE"] } } };
    const one = { grants: { defaults_reader: { privileges: ["SELECT"] } } };
    expect((await defaults(tables).create(both)).outcome).toBe("created");
    expect([await may("reader", "SELECT"), await may("reader", "UPDATE")]).toEqual([true, true]);
    expect((await defaults(tables).update(both, one)).outcome).toBe("updated");
    expect([await may("reader", "SELECT"), await may("reader", "UPDATE")]).toEqual([true, false]);
    expect((await defaults(tables).destroy(one)).outcome).toBe("deleted");
    expect(await may("reader", "SELECT")).toBe(false);
  });

  test("a create adds to what others have declared", async () => {
    await run(
      "alter default privileges for role defaults_owner in schema app grant delete on tables to defaults_reader",
    );
    await defaults(tables).create({ grants: { defaults_reader: { privileges: ["SELECT"] } } });
    expect([await may("reader", "SELECT"), await may("reader", "DELETE")]).toEqual([true, true]);
  });

  test("exclusive takes PostgreSQL's own from PUBLIC, in what the deployment manages", async () => {
    const closed = { grants: { defaults_reader: { privileges: ["EXECUTE"] } }, exclusive: true };
    const routines = defaults({ objectType: "routines" });
    const { error } = await routines.create(closed);
    expect(error).toContain("shop manages neither the database defaults_shop nor the role defaults_owner");

    await run(`comment on role defaults_owner is 'nixops4:{"v":1,"managedBy":"shop","type":"role"}'`);
    expect((await routines.create(closed)).outcome).toBe("updated");
    await run("set role defaults_owner; create function app.one() returns integer language sql as 'select 1'");
    const rows = await run(`select has_function_privilege(role, 'app.one()', 'execute') as may
      from unnest('{defaults_reader,defaults_other,defaults_owner}'::text[]) role`);
    expect(rows).toEqual([{ may: true }, { may: false }, { may: true }]);
  });

  test.each(["tables", "sequences", "routines", "types", "schemas"])(
    "of %s: made once, seen, taken away",
    async (kind) => {
      const it = defaults({ objectType: kind, grants: { defaults_reader: { privileges: ["ALL"] } } });
      expect((await it.create({})).outcome).toBe("created");
      expect((await it.create({})).outcome).toBe("unchanged");
      expect((await it.destroy({})).outcome).toBe("deleted");
      expect((await it.plan({})).body).toMatchObject({ action: "create" });
    },
  );

  test.each([
    ["a role that is not there", { ...tables, owner: "nobody" }, "there is no role nobody"],
    ["a schema that is not there", { ...tables, schema: "nowhere" }, "no schema nowhere in defaults_shop"],
    ["schemas in a schema", { objectType: "schemas", schema: "app" }, "`schema` must be null"],
    ["a privilege of another kind", { ...tables, grants: { PUBLIC: { privileges: ["CONNECT"] } } }, "SELECT, TRIGGER"],
  ])("%s is refused with what to do", async (_name, inputs, words) => {
    const { error } = await defaults({ grants: { defaults_reader: { privileges: ["ALL"] } } }).create(inputs);
    expect(error).toContain(words);
    expect(error).toContain("\nHint: ");
  });

  test("20 at once for one role all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `defaults_role${index}`);
    await run(roles.map((role) => `create role ${role};`).join("\n"));
    const told = await Promise.all(
      roles.map((role) => defaults(tables).create({ grants: { [role]: { privileges: ["SELECT"] } } })),
    );
    expect(told.map(({ outcome, error }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});
