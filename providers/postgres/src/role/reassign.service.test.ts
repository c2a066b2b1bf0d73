import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed } from "../testing/deployment.ts";

/** The note in the outcome line. */
const noteIn = (said: string): unknown => {
  const line = said.split("\n").find((text) => text.startsWith('{"outcome"')) ?? "{}";
  const { note }: { note?: unknown } = JSON.parse(line);
  return note;
};

describePostgres("a role with `reassignOwnedTo`, managed by an account with CREATEROLE and CREATEDB", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "reassign",
    account: "admin",
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const role = (name = "reassign_app"): DeployedResource => deployed(backend(), "role", { name });
  const toDba = { reassignOwnedTo: "reassign_dba", deletion: "delete" };
  /** The owners of the databases of this test, and of the tables in them. */
  const owners = async (): Promise<unknown> => ({
    databases: await backend().run(
      "select datname as name, datdba::regrole::text as owner from pg_database where datname like 'reassign\\_%' order by 1",
    ),
    shop: await tablesIn("reassign_shop"),
    blog: await tablesIn("reassign_blog"),
  });
  const tablesIn = (database: string) =>
    backend().runIn(
      database,
      "select relname as name, relowner::regrole::text as owner from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1",
    );

  /**
   * `app` owns the database `shop` with two tables and a sequence, and a table in `blog`. It has privileges on a table of
   * another role there, and default privileges in `shop`.
   */
  async function prepare(): Promise<void> {
    await role("reassign_dba").create({});
    await role("reassign_other").create({});
    await role().create({});
    await backend().run("create database reassign_shop owner reassign_app");
    await backend().run("create database reassign_blog");
    await backend().runIn(
      "reassign_shop",
      `set role reassign_app; create table orders (id serial); create table customers ();
       alter default privileges grant select on tables to reassign_other`,
    );
    await backend().runIn(
      "reassign_blog",
      `create table posts (); alter table posts owner to reassign_app; insert into posts default values;
       create table pages (); alter table pages owner to reassign_other; grant select on pages to reassign_app`,
    );
  }

  const whole = "to reassign_dba: database reassign_shop, 1 object in reassign_blog, 3 objects in reassign_shop;";

  test("is dropped after its objects went to the other role, as the plan said and as the outcome counts", async () => {
    await prepare();
    const { body } = await role().planDestroy(toDba);
    expect(body).toEqual({
      action: "delete",
      reason: expect.stringMatching(
        new RegExp(`^would give ${whole} would revoke: privileges on 1 object; would remove: `),
      ),
    });
    const { outcome, said, error } = await role().destroy(toDba);
    expect(error).toBeUndefined();
    expect(outcome).toBe("deleted");
    expect(noteIn(said)).toMatch(new RegExp(`^gave ${whole} revoked: privileges on 1 object; removed: 1 of `));
    expect(await owners()).toEqual({
      databases: [
        { name: "reassign_blog", owner: "postgres" },
        { name: "reassign_shop", owner: "reassign_dba" },
      ],
      shop: [
        { name: "customers", owner: "reassign_dba" },
        { name: "orders", owner: "reassign_dba" },
      ],
      blog: [
        { name: "pages", owner: "reassign_other" },
        { name: "posts", owner: "reassign_dba" },
      ],
    });
    expect(await backend().runIn("reassign_blog", "select count(*)::int as posts from posts")).toEqual([{ posts: 1 }]);
    expect(await backend().run("select from pg_roles where rolname = 'reassign_app'")).toEqual([]);
    expect((await role().destroy(toDba)).outcome).toBe("unchanged");
  });

  /** Whether the account has the rights of the new owner without SET ROLE. */
  const usage = () => backend().run("select pg_has_role('reassign_admin', 'reassign_dba', 'usage') as may");

  test("gives the account no lasting right on the other role", async () => {
    await prepare();
    const before = await usage();
    expect((await role().destroy(toDba)).outcome).toBe("deleted");
    expect(await usage()).toEqual(before);
  });

  test('keeps everything without `deletion = "delete"`, and the error names both inputs', async () => {
    await prepare();
    const before = await owners();
    const { reassignOwnedTo } = toDba;
    expect((await role().planDestroy({ reassignOwnedTo })).body).toEqual({ action: "delete", reason: null });
    const { error } = await role().destroy({ reassignOwnedTo });
    expect(error).toMatch(/^\[postgres\.role\.inUse\] Unable to delete role reassign_app: /);
    expect(error).toContain('\nHint: Set `reassignOwnedTo` to the role that receives them and `deletion = "delete"`');
    expect((await role().destroy({ reassignOwnedTo, deletion: "retain" })).outcome).toBe("retained");
    expect(await owners()).toEqual(before);
  });

  test("continues after a destroy that failed in one of the databases", async () => {
    await prepare();
    await backend().run("alter database reassign_shop allow_connections false");
    const { error } = await role().destroy(toDba);
    expect(error).toContain("Unable to delete role reassign_app");
    expect(await backend().run("select from pg_roles where rolname = 'reassign_app'")).toHaveLength(1);
    await backend().run("alter database reassign_shop allow_connections true");
    expect((await role().destroy(toDba)).outcome).toBe("deleted");
    expect(await tablesIn("reassign_shop")).toContainEqual({ name: "orders", owner: "reassign_dba" });
  });

  test("is dropped without a note if it owns nothing", async () => {
    await role("reassign_dba").create({});
    await role().create({});
    expect((await role().planDestroy(toDba)).body).toEqual({ action: "delete", reason: null });
    const { outcome, said } = await role().destroy(toDba);
    expect(outcome).toBe("deleted");
    expect(noteIn(said)).toBeUndefined();
  });

  test("loses only its privileges if it owns nothing, also on what all databases share", async () => {
    await prepare();
    await role("reassign_guest").create({});
    await backend().run("grant connect on database reassign_shop to reassign_guest");
    const { outcome, said } = await role("reassign_guest").destroy(toDba);
    expect(outcome).toBe("deleted");
    expect(noteIn(said)).toBe("revoked: privileges on 1 object");
  });

  test("is rejected if the account may not revoke its privileges, and keeps them", async () => {
    await prepare();
    await backend().runIn("reassign_blog", "create schema secret; grant usage on schema secret to reassign_app");
    const { error } = await role().destroy(toDba);
    expect(error).toBe(
      "[postgres.permission.denied] Unable to delete role reassign_app: " +
        "the account may not revoke its privileges on schema secret in reassign_blog.\n" +
        "Hint: As the owners of these objects or as a superuser, revoke these privileges, then destroy again.",
    );
    expect(await tablesIn("reassign_blog")).toContainEqual({ name: "posts", owner: "reassign_app" });
  });

  test.each(["create", "plan", "destroy"] as const)(
    "rejects the role itself as the new owner in a %s",
    async (request) => {
      await prepare();
      const before = await owners();
      const { error } = await role()[request]({ ...toDba, reassignOwnedTo: "reassign_app" });
      expect(error).toMatch(
        /^\[postgres\.role\.reassign\].*\nHint: Set `reassignOwnedTo` to another role, or to null/s,
      );
      expect(await owners()).toEqual(before);
    },
  );

  test("changes nothing if the new owner does not exist", async () => {
    await prepare();
    const before = await owners();
    for (const request of ["planDestroy", "destroy"] as const) {
      const { error } = await role()[request]({ ...toDba, reassignOwnedTo: "reassign_nobody" });
      expect(error).toMatch(/^\[postgres\.role\.missing\].*`reassignOwnedTo`/s);
    }
    expect(await owners()).toEqual(before);
  });
});
