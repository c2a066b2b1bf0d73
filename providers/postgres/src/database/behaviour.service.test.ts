import { createHash } from "node:crypto";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { Deployment } from "../testing/deployment.ts";

describePostgres("a database", (server) => {
  const backend = PostgresBackend.prepare({ prefix: "dbby", account: "superuser", snapshot: async () => undefined });
  const hand = useBackend(() => backend(server()));
  const database = (): Deployment => new Deployment(hand(), "database", { name: "dbby_shop" });
  const pending = (): Promise<object[]> => hand().run("select from pg_database where datname like 'nixops4-pending-%'");

  test("that is in use is not dropped, and the error says by whom", async () => {
    await database().create({});
    await using _session = await hand().connectTo("dbby_shop", "a-shop");
    const { error } = await database().destroy({});
    expect(error).toMatch(
      /^\[postgres\.database\.inUse\] Unable to delete database dbby_shop: it is in use: postgres with a-shop\./,
    );
    expect((await database().plan({})).body).toMatchObject({ action: "none" });
  });

  test("that could not be finished leaves nothing behind", async () => {
    const { error } = await database().create({ owner: "dbby_nobody" });
    expect(error).toMatch(/^\[postgres\.role\.missing\]/);
    expect(await pending()).toEqual([]);
  });

  test("that was left half made goes when it is destroyed, others' stay", async () => {
    const [own, others] = ["shop/dbby_shop", "other/dbby_shop"].map(
      (of) => `"nixops4-pending-${createHash("sha256").update(of).digest("hex").slice(0, 32)}"`,
    );
    await hand().run(`create database ${own} template template0 allow_connections false`);
    await hand().run(`create database ${others} template template0 allow_connections false`);
    expect((await database().destroy({})).outcome).toBe("deleted");
    expect(await pending()).toHaveLength(1);
    await hand().run(`drop database ${others}`);
  });

  test("can be made while somebody is connected to template1", async () => {
    await using _session = await hand().connectTo("template1", "somebody");
    expect((await database().create({})).outcome).toBe("created");
  });

  test("keeps the owners of what is inside when its own changes, and the databases of the old one", async () => {
    await hand().run("create role dbby_old");
    await hand().run("create role dbby_new");
    await hand().run("create database dbby_other owner dbby_old");
    await database().create({ owner: "dbby_old" });
    await hand().runIn("dbby_shop", "create table stock (); alter table stock owner to dbby_old");
    expect((await database().create({ owner: "dbby_new" })).outcome).toBe("updated");
    const owner = "select relowner::regrole::text as owner from pg_class where relname = 'stock'";
    expect(await hand().runIn("dbby_shop", owner)).toEqual([{ owner: "dbby_old" }]);
    const owned = "select datname from pg_database where datdba = 'dbby_old'::regrole";
    expect(await hand().run(owned)).toEqual([{ datname: "dbby_other" }]);
  });

  test("has a locale of ICU, or of PostgreSQL itself where there is one", async () => {
    const icu = { name: "dbby_icu", localeProvider: "icu", locale: "en_US" };
    expect((await database().create(icu)).outcome).toBe("created");
    expect((await database().create(icu)).outcome).toBe("unchanged");
    expect((await database().create({ ...icu, locale: "de-DE" })).error).toMatch(
      /^\[protocol\.immutable\].*`locale`.*pg_dump/s,
    );

    const builtin = { localeProvider: "builtin", locale: "C.UTF-8" };
    const refused = { error: expect.stringMatching(/^\[postgres\.version\.unsupported\]/) };
    const isKnown = server().version >= 17;
    expect(await database().create(builtin)).toMatchObject(isKnown ? { outcome: "created" } : refused);
    expect(await database().create(builtin)).toMatchObject(isKnown ? { outcome: "unchanged" } : refused);
  });

  test("has other locales for sorting and for characters, and its encoding by any of its names", async () => {
    const mixed = { encoding: "utf-8", locale: "C", lcCtype: "C.UTF-8" };
    expect((await database().create(mixed)).outcome).toBe("created");
    expect((await database().create({ ...mixed, encoding: "UNICODE" })).outcome).toBe("unchanged");
    const refused = /^\[protocol\.immutable\].*`encoding` cannot change in place from "UTF8"/;
    expect((await database().create({ ...mixed, encoding: "LATIN1" })).error).toMatch(refused);
  });

  test("20 at once are 20 databases, and none of them fails", async () => {
    const names = Array.from({ length: 20 }, (_, number) => `dbby_${number}`);
    const told = await Promise.all(names.map((name) => database().create({ name })));
    expect(told.map(({ error, outcome }) => error ?? outcome)).toEqual(names.map(() => "created"));
  });

  test("does not count as missing where nobody can look", async () => {
    const { error } = await new Deployment(hand(), "database", {
      name: "dbby_shop",
      connection: { ...hand().connection, user: "dbby_nobody" },
    }).destroy({});
    expect(error).toMatch(/^\[postgres\.login\.refused\]/);
  });
});
