import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import defaultPrivileges from "./default-privileges.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("default privileges declared by an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "defaultsadmin_shop";
  const startBackend = PostgresBackend.prepare({
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
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 receives the same statements and is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries all of them.",
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
    notChanged: { exclusive: "it has no value on the server; tested below" },
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
  const startBackend = PostgresBackend.prepare({
    prefix: "defaults",
    account: "superuser",
    prepare: ["owner", "reader", "other"].map((role) => `create role defaults_${role}`),
    database: {
      name: "defaults_shop",
      prepare: ["create schema app authorization defaults_owner", "grant usage on schema app to public"],
    },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const defaults = (more: Message): DeployedResource =>
    deployed(backend(), "default_privileges", {
      database: "defaults_shop",
      owner: "defaults_owner",
      ...more,
    });
  const run = (sql: string) => backend().runIn("defaults_shop", sql);
  const tables = { objectType: "tables", schema: "app" };
  /** Whether the role has the privilege on a table that the owner creates now. */
  const may = async (role: string, privilege: string): Promise<unknown> => {
    await run("set role defaults_owner; drop table if exists app.fresh; create table app.fresh ()");
    const [row] = await run(`select has_table_privilege('defaults_${role}', 'app.fresh', '${privilege}') as may`);
    return row?.["may"];
  };

  test("apply to later tables until they are no longer declared", async () => {
    const both = { grants: { defaults_reader: { privileges: ["SELECT", "UPDATE"] } } };
    const one = { grants: { defaults_reader: { privileges: ["SELECT"] } } };
    expect((await defaults(tables).create(both)).outcome).toBe("created");
    expect([await may("reader", "SELECT"), await may("reader", "UPDATE")]).toEqual([true, true]);
    expect((await defaults(tables).update(both, one)).outcome).toBe("updated");
    expect([await may("reader", "SELECT"), await may("reader", "UPDATE")]).toEqual([true, false]);
    expect((await defaults(tables).destroy(one)).outcome).toBe("deleted");
    expect(await may("reader", "SELECT")).toBe(false);
  });

  test("are added to those that others declared", async () => {
    await run(
      "alter default privileges for role defaults_owner in schema app grant delete on tables to defaults_reader",
    );
    await defaults(tables).create({ grants: { defaults_reader: { privileges: ["SELECT"] } } });
    expect([await may("reader", "SELECT"), await may("reader", "DELETE")]).toEqual([true, true]);
  });

  test("revokes PUBLIC's built-in ones with `exclusive`, if the deployment manages the owner", async () => {
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

  test.each([
    ["routines", "EXECUTE"],
    ["types", "USAGE"],
  ])("rejects `exclusive` for %s of one schema while PUBLIC has its built-in %s", async (objectType, privilege) => {
    await run(`comment on role defaults_owner is 'nixops4:{"v":1,"managedBy":"shop","type":"role"}'`);
    const reader = { defaults_reader: { privileges: [privilege] } };
    const inSchema = defaults({ objectType, schema: "app", grants: reader });
    expect((await inSchema.create({})).outcome).toBe("created");
    const { error } = await inSchema.create({ exclusive: true });
    expect(error).toContain(`PostgreSQL grants ${privilege} on new ${objectType} to PUBLIC in every schema`);
    expect(error).toContain("\nHint: Set `schema` to null");

    const open = { exclusive: true, grants: { ...reader, PUBLIC: { privileges: [privilege] } } };
    expect((await inSchema.create(open)).outcome).toBe("updated");
    const everywhere = defaults({ objectType, grants: reader, exclusive: true });
    expect((await everywhere.create({})).outcome).toBe("updated");
    expect((await inSchema.create({ exclusive: true })).outcome).toBe("updated");
    expect((await inSchema.create({ exclusive: true })).outcome).toBe("unchanged");
    await everywhere.destroy({});
    expect((await inSchema.destroy({ exclusive: true })).outcome).toBe("deleted");
  });

  test.each(["tables", "sequences", "routines", "types", "schemas"])(
    "creates, reads and revokes those on %s",
    async (kind) => {
      const it = defaults({ objectType: kind, grants: { defaults_reader: { privileges: ["ALL"] } } });
      expect((await it.create({})).outcome).toBe("created");
      expect((await it.create({})).outcome).toBe("unchanged");
      expect((await it.destroy({})).outcome).toBe("deleted");
      expect((await it.plan({})).body).toMatchObject({ action: "create" });
    },
  );

  test.each([
    [
      "a missing role",
      { ...tables, owner: "nobody" },
      "the role nobody, or the schema app in defaults_shop, does not exist",
    ],
    ["a missing schema", { ...tables, schema: "nowhere" }, "the schema nowhere in defaults_shop, does not exist"],
    ["schemas in a schema", { objectType: "schemas", schema: "app" }, "`schema` must be null"],
    [
      "a privilege of another kind of object",
      { ...tables, grants: { PUBLIC: { privileges: ["CONNECT"] } } },
      "SELECT, TRIGGER",
    ],
  ])("rejects %s with a hint", async (_name, inputs, words) => {
    const { error } = await defaults({ grants: { defaults_reader: { privileges: ["ALL"] } } }).create(inputs);
    expect(error).toContain(words);
    expect(error).toContain("\nHint: ");
  });

  test("20 concurrent creates for one owner all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `defaults_role${index}`);
    await run(roles.map((role) => `create role ${role};`).join("\n"));
    const replies = await Promise.all(
      roles.map((role) => defaults(tables).create({ grants: { [role]: { privileges: ["SELECT"] } } })),
    );
    expect(replies.map(({ outcome, error }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});
