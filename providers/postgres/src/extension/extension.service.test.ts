import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { describe, expect, test } from "vitest";
import extension from "./extension.ts";
import { snapshotDatabase } from "../testing/database-snapshot.ts";
import { deployed, main } from "../testing/deployment.ts";
import { mayActAs } from "../testing/may-act-as.ts";

describePostgres("an extension created by an account with CREATEROLE and CREATEDB", (server, version) => {
  const database = "extensionadmin_shop";
  const startBackend = PostgresBackend.prepare({
    prefix: "extensionadmin",
    account: "admin",
    prepare: ["create role extensionadmin_owner", mayActAs("extensionadmin_owner")],
    database: { name: database, prepare: [`alter database ${database} owner to extensionadmin_owner`] },
    snapshot: (backend) => snapshotDatabase(backend, database),
  });
  testResource(extension, {
    main,
    backend: () => startBackend(server()),
    reached: "network",
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 receives the same statements and is disturbed." }),
    oneBrokenConnection: "The contract of `role` tries all of them.",
    want: { database, name: "pg_trgm", version: "1.6" },
    changed: {},
    notChanged: {
      version: "it cannot be downgraded; tested below",
      schema: "only a superuser may move the objects of a trusted extension; tested below",
      cascade: "it applies only to the creation; tested below",
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

  describe("without the right", () => {
    const backend = useBackend(() => startBackend(server()));
    const extensions = (more: Message): DeployedResource => deployed(backend(), "extension", { database, ...more });

    test("rejects an extension that is not trusted", async () => {
      const { error } = await extensions({ name: "file_fdw" }).create({});
      expect(error).toContain(
        "[postgres.extension.untrusted] Unable to create extension file_fdw in extensionadmin_shop",
      );
      await backend().runIn(database, "create extension file_fdw");
      const adopted = await extensions({ name: "file_fdw" }).create({ adopt: true });
      expect(adopted.error).toContain("[postgres.permission.denied]");
    });

    test("rejects a database without CREATE", async () => {
      await backend().run(`alter database ${database} owner to current_user`);
      const { error } = await extensions({ name: "pg_trgm" }).create({});
      expect(error).toContain("the account may not create objects in the database extensionadmin_shop");
      expect(error).toContain("grant the account CREATE ON DATABASE");
    });
  });
});

describePostgres("an extension", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "extensions",
    account: "superuser",
    database: { name: "extensions_shop", prepare: ["create schema one", "create schema two"] },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const extensions = (more: Message = {}): DeployedResource =>
    deployed(backend(), "extension", { database: "extensions_shop", name: "pg_trgm", ...more });
  const run = (sql: string) => backend().runIn("extensions_shop", sql);

  test("keeps its own comment above the mark", async () => {
    await extensions().create({});
    const [row] = await run(
      "select obj_description(oid, 'pg_extension') as words from pg_extension where extname = 'pg_trgm'",
    );
    expect(row?.["words"]).toMatch(/^text similarity .*\nnixops4:\{"v":1,"managedBy":"shop","type":"extension"\}$/);
  });

  test("is updated to the wanted version, and never downgraded", async () => {
    expect((await extensions().create({ version: "1.4" })).body).toEqual({
      outputProperties: { version: "1.4", schema: "public" },
    });
    expect((await extensions().create({})).outcome).toBe("unchanged");
    expect((await extensions().create({ version: "1.6" })).outcome).toBe("updated");
    expect((await extensions().create({ version: "1.5" })).error).toContain(
      "[postgres.extension.downgrade] Unable to update extension pg_trgm in extensions_shop: version 1.6 is installed, and 1.5 is older",
    );
    expect((await extensions().create({ version: "9.9" })).error).toContain("Hint: Use one of 1.3, 1.4, 1.5, 1.6,");
  });

  test("moves to another schema if it is relocatable", async () => {
    await extensions().create({ schema: "one" });
    expect((await extensions().create({ schema: "two" })).body).toMatchObject({ outputProperties: { schema: "two" } });
    const fixed = extensions({ name: "plpgsql", adopt: true });
    expect((await fixed.create({ schema: "two" })).error).toContain(
      "plpgsql cannot leave the schema pg_catalog: it is not relocatable",
    );
  });

  test("installs required extensions only with `cascade`, and keeps them when it is destroyed", async () => {
    const distance = extensions({ name: "earthdistance" });
    expect((await distance.create({})).error).toContain(
      "earthdistance requires cube, which the database does not have",
    );
    expect((await distance.create({ cascade: true })).outcome).toBe("created");
    expect((await distance.destroy({})).outcome).toBe("deleted");
    expect(await run("select extname from pg_extension order by extname")).toEqual([
      { extname: "cube" },
      { extname: "plpgsql" },
    ]);
  });

  test("is not dropped if objects depend on it, and the error names them", async () => {
    await extensions().create({});
    await run("create table orders (name text); create index on orders using gin (name gin_trgm_ops)");
    const { error } = await extensions().destroy({});
    expect(error).toContain("[postgres.extension.inUse]");
    expect(error).toContain("index public.orders_name_idx depends on operator class");
  });

  test("names the package to install if the server does not have its files", async () => {
    const { error } = await extensions({ name: "postgis" }).create({});
    expect(error).toContain("[postgres.extension.unavailable]");
    expect(error).toContain("the server has no files of the extension postgis.\nHint: Install the package");
    expect(error).toContain(`postgresql-${server().version}-<name>`);
  });
});
