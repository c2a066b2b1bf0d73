import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { type DeployedResource, testResource, type Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { describe, expect, test } from "vitest";
import extension from "./extension.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("the extension of an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "extensionadmin_shop";
  const prepare = PostgresBackend.prepare({
    prefix: "extensionadmin",
    account: "admin",
    prepare: ["create role extensionadmin_owner", mayActAs("extensionadmin_owner")],
    database: { name: database, prepare: [`alter database ${database} owner to extensionadmin_owner`] },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  testResource(extension, {
    main,
    backend: () => prepare(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "Its statements are the same on 18, where it is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries them all.",
    want: { database, name: "pg_trgm", version: "1.6" },
    changed: {},
    notChanged: {
      version: "it does not go back; tried below",
      schema: "only a superuser may move what a trusted extension has made; tried below",
      cascade: "it is about making it; tried below",
    },
    immutable: { database: "extensionadmin_other", name: "citext" },
    drift: {
      // As after a restore from an older server.
      version: async (backend) => {
        await backend.runIn(
          database,
          `do $$ declare words text := (select obj_description(oid, 'pg_extension') from pg_extension where extname = 'pg_trgm');
          begin
            set local role extensionadmin_owner;
            drop extension pg_trgm;
            create extension pg_trgm version '1.4';
            execute format('comment on extension pg_trgm is %L', words);
          end $$`,
        );
      },
    },
    makeUnmarked: async (backend) => {
      await backend.runIn(database, "set role extensionadmin_owner; create extension pg_trgm version '1.5'");
    },
  });

  describe("what it may not", () => {
    const hand = useBackend(() => prepare(server()));
    const extensions = (more: Message): DeployedResource => deployed(hand(), "extension", { database, ...more });

    test("an extension that is not trusted takes a superuser", async () => {
      const { error } = await extensions({ name: "file_fdw" }).create({});
      expect(error).toContain(
        "[postgres.extension.untrusted] Unable to create extension file_fdw in extensionadmin_shop",
      );
      await hand().runIn(database, "create extension file_fdw");
      const adopted = await extensions({ name: "file_fdw" }).create({ adopt: true });
      expect(adopted.error).toContain("[postgres.permission.denied]");
    });

    test("a database in which it may not create", async () => {
      await hand().run(`alter database ${database} owner to current_user`);
      const { error } = await extensions({ name: "pg_trgm" }).create({});
      expect(error).toContain("the account may not make anything in the database extensionadmin_shop");
      expect(error).toContain("grant it CREATE ON DATABASE");
    });
  });
});

describePostgres("an extension", (server) => {
  const prepare = PostgresBackend.prepare({
    prefix: "extensions",
    account: "superuser",
    database: { name: "extensions_shop", prepare: ["create schema one", "create schema two"] },
    snapshot: async () => undefined,
  });
  const hand = useBackend(() => prepare(server()));
  const extensions = (more: Message = {}): DeployedResource =>
    deployed(hand(), "extension", { database: "extensions_shop", name: "pg_trgm", ...more });
  const run = (sql: string) => hand().runIn("extensions_shop", sql);

  test("keeps its own comment above the mark", async () => {
    await extensions().create({});
    const [row] = await run(
      "select obj_description(oid, 'pg_extension') as words from pg_extension where extname = 'pg_trgm'",
    );
    expect(row?.["words"]).toMatch(/^text similarity .*\nnixops4:\{"v":1,"managedBy":"shop","type":"extension"\}$/);
  });

  test("is updated to the version that is asked for, and never back", async () => {
    expect((await extensions().create({ version: "1.4" })).body).toEqual({
      outputProperties: { version: "1.4", schema: "public" },
    });
    expect((await extensions().create({})).outcome).toBe("unchanged");
    expect((await extensions().create({ version: "1.6" })).outcome).toBe("updated");
    expect((await extensions().create({ version: "1.5" })).error).toContain(
      "[postgres.extension.downgrade] Unable to update extension pg_trgm in extensions_shop: version 1.6 is installed, and 1.5 is older",
    );
    expect((await extensions().create({ version: "9.9" })).error).toContain("Hint: It has 1.3, 1.4, 1.5, 1.6;");
  });

  test("moves to another schema where it can", async () => {
    await extensions().create({ schema: "one" });
    expect((await extensions().create({ schema: "two" })).body).toMatchObject({ outputProperties: { schema: "two" } });
    const fixed = extensions({ name: "plpgsql", adopt: true });
    expect((await fixed.create({ schema: "two" })).error).toContain(
      "plpgsql cannot leave the schema pg_catalog: it is not relocatable",
    );
  });

  test("brings what it needs only with `cascade`, and leaves that when it goes", async () => {
    const distance = extensions({ name: "earthdistance" });
    expect((await distance.create({})).error).toContain("earthdistance needs cube, which the database does not have");
    expect((await distance.create({ cascade: true })).outcome).toBe("created");
    expect((await distance.destroy({})).outcome).toBe("deleted");
    expect(await run("select extname from pg_extension order by extname")).toEqual([
      { extname: "cube" },
      { extname: "plpgsql" },
    ]);
  });

  test("stays where something depends on it, which is told", async () => {
    await extensions().create({});
    await run("create table orders (name text); create index on orders using gin (name gin_trgm_ops)");
    const { error } = await extensions().destroy({});
    expect(error).toContain("[postgres.extension.inUse]");
    expect(error).toContain("index public.orders_name_idx depends on operator class");
  });

  test("that the server has no files of is told with the package to install", async () => {
    const { error } = await extensions({ name: "postgis" }).create({});
    expect(error).toContain("[postgres.extension.unavailable]");
    expect(error).toContain("the server has no files of an extension postgis.\nHint: Install the package");
  });
});
