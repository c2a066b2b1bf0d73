import { createHash } from "node:crypto";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed } from "../testing/deployment.ts";
import { whileLocked } from "../testing/while-locked.ts";

/** The name of the database while the deployment creates or drops it. */
const pending = (managedBy: string): string =>
  `"nixops4-pending-${createHash("sha256").update(`${managedBy}/dbby_shop`).digest("hex").slice(0, 32)}"`;

describePostgres("a database", (server, version) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "dbby",
    account: "superuser",
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const database = (): DeployedResource => deployed(backend(), "database", { name: "dbby_shop" });
  const unfinished = (): Promise<object[]> =>
    backend().run("select from pg_database where datname like 'nixops4-pending-%'");

  test("is not dropped while it is in use, and the error names the clients", async () => {
    await database().create({});
    await using _session = await backend().connectTo("dbby_shop", "a-shop");
    const { error } = await database().destroy({});
    expect(error).toMatch(
      /^\[postgres\.database\.inUse\] Unable to delete database dbby_shop: it is in use: postgres with a-shop\./,
    );
    expect((await database().plan({})).body).toMatchObject({ action: "none" });
  });

  test("leaves nothing behind if its creation fails", async () => {
    const { error } = await database().create({ owner: "dbby_nobody" });
    expect(error).toMatch(/^\[postgres\.role\.missing\]/);
    expect(await unfinished()).toEqual([]);
  });

  test("destroys its own unfinished database and keeps those of other deployments", async () => {
    const others = pending("other");
    await backend().run(`create database ${pending("shop")} template template0 allow_connections false`);
    await backend().run(`create database ${others} template template0 allow_connections false`);
    expect((await database().destroy({})).outcome).toBe("deleted");
    expect(await unfinished()).toHaveLength(1);
    await backend().run(`drop database ${others}`);
  });

  test("is dropped if a killed destroy has set it aside while the next one waited for its end", async () => {
    await database().create({});
    const { error } = await whileLocked(
      backend(),
      ["database", "dbby_shop"],
      () => database().destroy({}),
      () =>
        backend().run(
          `alter database dbby_shop allow_connections false; alter database dbby_shop rename to ${pending("shop")}`,
        ),
    );
    expect(error).toBeUndefined();
    expect(await unfinished()).toEqual([]);
  });

  test("is created while a client is connected to template1", async () => {
    await using _session = await backend().connectTo("template1", "somebody");
    expect((await database().create({})).outcome).toBe("created");
  });

  test("keeps the owners of its objects, and the old owner's other databases, when its owner changes", async () => {
    await backend().run("create role dbby_old");
    await backend().run("create role dbby_new");
    await backend().run("create database dbby_other owner dbby_old");
    await database().create({ owner: "dbby_old" });
    await backend().runIn("dbby_shop", "create table stock (); alter table stock owner to dbby_old");
    expect((await database().create({ owner: "dbby_new" })).outcome).toBe("updated");
    const owner = "select relowner::regrole::text as owner from pg_class where relname = 'stock'";
    expect(await backend().runIn("dbby_shop", owner)).toEqual([{ owner: "dbby_old" }]);
    const owned = "select datname from pg_database where datdba = 'dbby_old'::regrole";
    expect(await backend().run(owned)).toEqual([{ datname: "dbby_other" }]);
  });

  test("uses a locale of ICU, or of the builtin provider from PostgreSQL 17 on", async () => {
    const icu = { name: "dbby_icu", localeProvider: "icu", locale: "en_US" };
    expect((await database().create(icu)).outcome).toBe("created");
    expect((await database().create(icu)).outcome).toBe("unchanged");
    expect((await database().create({ ...icu, locale: "de-DE" })).error).toMatch(
      /^\[protocol\.immutable\].*`locale`.*pg_dump/s,
    );

    const builtin = { localeProvider: "builtin", locale: "C.UTF-8" };
    const rejected = { error: expect.stringMatching(/^\[postgres\.version\.unsupported\]/) };
    const isSupported = server().version >= 17;
    expect(await database().create(builtin)).toMatchObject(isSupported ? { outcome: "created" } : rejected);
    expect(await database().create(builtin)).toMatchObject(isSupported ? { outcome: "unchanged" } : rejected);
  });

  test("uses different locales for sorting and character classes, and accepts any alias of its encoding", async () => {
    const mixed = { encoding: "utf-8", locale: "C", lcCtype: "C.UTF-8" };
    expect((await database().create(mixed)).outcome).toBe("created");
    expect((await database().create({ ...mixed, encoding: "UNICODE" })).outcome).toBe("unchanged");
    const rejected = /^\[protocol\.immutable\].*`encoding` cannot change in place from "UTF8"/;
    expect((await database().create({ ...mixed, encoding: "LATIN1" })).error).toMatch(rejected);
  });

  const spellings = [
    { localeProvider: "libc", one: { locale: "C.UTF-8" }, other: { locale: "C.utf8" } },
    { localeProvider: "libc", one: { lcCollate: "C.utf8" }, other: { lcCollate: "C.UTF-8" } },
    { localeProvider: "libc", one: { lcCtype: "C.UTF-8" }, other: { lcCtype: "C.utf-8" } },
    { localeProvider: "libc", one: { locale: "POSIX" }, other: { locale: "C" } },
    { localeProvider: "icu", one: { locale: "de_DE" }, other: { locale: "de-de" } },
    { localeProvider: "builtin", one: { locale: "C.UTF8" }, other: { locale: "C.UTF-8" } },
  ];
  test.each(spellings.filter(({ localeProvider }) => version >= 17 || localeProvider !== "builtin"))(
    "accepts every spelling of a locale of $localeProvider: $one as $other",
    async ({ localeProvider, one, other }) => {
      expect((await database().create({ localeProvider, ...one })).outcome).toBe("created");
      expect((await database().create({ localeProvider, ...one })).outcome).toBe("unchanged");
      expect((await database().create({ localeProvider, ...other })).outcome).toBe("unchanged");
    },
  );

  const missing = [
    { localeProvider: "libc", locale: "c.utf16", hint: "Use one of C, C.utf8; or" },
    { localeProvider: "libc", locale: "xx_XX.UTF-8", hint: "Install the locale" },
    { localeProvider: "builtin", locale: "de_DE", hint: "Use one of C, C.UTF-8" },
  ];
  test.each(missing.filter(({ localeProvider }) => version >= 17 || localeProvider !== "builtin"))(
    "names the server's locales of $localeProvider near $locale, which it does not have",
    async ({ localeProvider, locale, hint }) => {
      const { error } = await database().create({ localeProvider, locale });
      expect(error).toContain(
        `[postgres.database.locale] Unable to create database dbby_shop: the server does not have the locale "${locale}" (\`locale\`).\nHint: ${hint}`,
      );
      expect(await unfinished()).toEqual([]);
    },
  );

  test("20 concurrent creates yield 20 databases", async () => {
    const names = Array.from({ length: 20 }, (_, number) => `dbby_${number}`);
    const replies = await Promise.all(names.map((name) => database().create({ name })));
    expect(replies.map(({ error, outcome }) => error ?? outcome)).toEqual(names.map(() => "created"));
  });

  test("does not count as missing if the login fails", async () => {
    const { error } = await deployed(backend(), "database", {
      name: "dbby_shop",
      connection: { ...backend().connection, user: "dbby_nobody" },
    }).destroy({});
    expect(error).toMatch(/^\[postgres\.login\.refused\]/);
  });
});
