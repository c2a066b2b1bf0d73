import { startPgbouncer } from "@nixops4-resources/integration-servers/postgres/pgbouncer";
import { describePostgres, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Secret } from "@nixops4-resources/protocol-core";
import { beforeEach, describe, expect, test } from "vitest";
import sources from "../sources/sources.ts";
import type { SecretWriter } from "../store.ts";
import { makePerson, newSecret, newValue, testSecretStore } from "../testing/index.ts";
import { useVault } from "../testing/use-vault.ts";

describePostgres("secrets", (server) => {
  const vault = useVault(server, "vault", ["vault_plain"]);

  testSecretStore("a store in PostgreSQL", async () => ({
    placeFor: ({ identity }) => vault.place({ identity }),
    kept: () => vault.dump(),
    [Symbol.asyncDispose]: async () => undefined,
  }));

  describe("a store in PostgreSQL, in particular", () => {
    let store: SecretWriter;
    beforeEach(async () => {
      store = await vault.writer();
    });

    test("creates nothing for a reader, and finds nothing", async () => {
      const reader = await vault.reader();
      expect(await reader.look("a")).toBeUndefined();
      expect(await reader.list()).toEqual([]);
      await expect(reader.reveal("a", null, "a test")).rejects.toMatchObject({ code: "secret.store.missing" });
      expect(await vault.dump()).toBe("");
    });

    test("makes the creating account a writer, not an owner", async () => {
      await store.create(newSecret("a"));
      expect(
        await vault.run(`
          select (select string_agg(distinct tableowner, ' ') from pg_tables where schemaname = '%') as tables,
            (select string_agg(distinct proowner::regrole::text, ' ') from pg_proc where pronamespace = '%'::regnamespace) as functions,
            (select rolcanlogin from pg_roles where rolname = '%_owner') as login,
            pg_has_role('${vault.backend().account}', '%_owner', 'usage') as "isOwner",
            pg_has_role('${vault.backend().account}', '%_writer', 'usage') as "isWriter"`),
      ).toEqual([
        {
          tables: `${vault.schema()}_owner`,
          functions: `${vault.schema()}_owner`,
          login: false,
          isOwner: false,
          isWriter: true,
        },
      ]);
      expect(await vault.run(`select version, applied_by from %.migration`)).toEqual([
        { version: 1, applied_by: vault.backend().account },
      ]);
    });

    test("tells an account without permission what to grant", async () => {
      const plain = await vault.writer({ user: "vault_plain" });
      await expect(plain.create(newSecret("a"))).rejects.toMatchObject({
        code: "secret.postgres.missing",
        message: expect.stringContaining(`the schema ${vault.schema()} of database vault_ops at `),
        hint: expect.stringContaining(`GRANT ${vault.schema()}_writer TO vault_plain`),
      });
      await store.create(newSecret("a"));
      const again = await vault.writer({ user: "vault_plain" });
      await expect(again.create(newSecret("b"))).rejects.toMatchObject({
        code: "secret.postgres.denied",
        hint: `Run GRANT ${vault.schema()}_writer TO vault_plain`,
      });
      await expect((await vault.reader({ user: "vault_plain" })).look("a")).rejects.toMatchObject({
        code: "secret.postgres.denied",
        hint: `Run GRANT ${vault.schema()}_reader TO vault_plain`,
      });
      await vault.run(`grant %_writer to vault_plain`);
      await (await vault.writer({ user: "vault_plain" })).create(newSecret("b"));
    });

    test("leaves a schema with other contents alone", async () => {
      await vault.run(`create schema %`);
      await expect(store.create(newSecret("a"))).rejects.toMatchObject({ code: "secret.postgres.foreign" });
      expect(await vault.run(`select from pg_class where relnamespace = '%'::regnamespace`)).toEqual([]);
    });

    test("does not touch a store of a later version", async () => {
      await store.create(newSecret("a"));
      await vault.run(`insert into %.migration (version) values (2)`);
      await expect((await vault.writer()).create(newSecret("b"))).rejects.toMatchObject({
        code: "secret.postgres.foreign",
        message: expect.stringContaining("a later version"),
      });
    });

    test("records a removal, and continues the version numbers for a new secret of the name", async () => {
      await store.create(newSecret("a"));
      await store.addVersion("a", 1, newValue());
      await store.remove("a");
      expect(
        await vault.run(`select revision, version, about from %.secret_revision order by revision desc limit 1`),
      ).toEqual([{ revision: 3, version: null, about: null }]);
      expect(await vault.run(`select from %.secret_version`)).toHaveLength(2);
      const again = newSecret("a");
      await store.create(again);
      expect(await store.look("a")).toMatchObject({ current: { version: 3 }, previous: null });
      await expect(store.reveal("a", 2, "a test")).rejects.toMatchObject({ code: "secret.version.missing" });
      expect((await store.reveal("a", 3, "a test")).value.revealText()).toBe(again.value.revealText());
      expect(await store.addVersion("a", 3, newValue())).toBe(true);
    });

    test("rewraps the keys for changed recipients without re-encrypting the values", async () => {
      await using bob = await makePerson();
      await store.create(newSecret("a"));
      await store.addVersion("a", 1, newValue());
      const values = "select version, value, xmin::text from %.secret_version order by 1";
      const keys = "select version, revision from %.secret_key order by version, revision";
      const before = await vault.run(values);
      expect(await vault.run(keys)).toEqual([
        { version: 1, revision: 1 },
        { version: 2, revision: 2 },
      ]);
      await store.change("a", { recipients: [bob.recipient] });
      await store.change("a", { mark: null });
      expect(await vault.run(values)).toEqual(before);
      expect(await vault.run(keys)).toEqual([
        { version: 1, revision: 1 },
        { version: 1, revision: 3 },
        { version: 2, revision: 2 },
        { version: 2, revision: 3 },
      ]);
    });

    test("applies a concurrent change and rotation both", async () => {
      await store.create(newSecret("a"));
      const other = await vault.writer();
      await Promise.all([
        store.addVersion("a", 1, newValue({ value: new Secret("second") })),
        other.change("a", { graceSeconds: 7 }),
      ]);
      expect(await store.look("a")).toMatchObject({ graceSeconds: 7, current: { version: 2 } });
      expect((await other.reveal("a", null, "a test")).value.revealText()).toBe("second");
    });

    test("resolves a reference of kind `store`", async () => {
      const secret = newSecret("shop/db");
      await store.create(secret);
      await store.addVersion("shop/db", 1, newValue());
      const { postgres } = vault.place();
      const read = await sources.read({ store: { name: "shop/db", version: 1, postgres } }, "the password of role app");
      expect(read.secret.revealText()).toBe(secret.value.revealText());
      expect(read.from).toBe(`secret shop/db in ${store.place}, version 1`);
      expect(await store.accesses("shop/db")).toMatchObject([{ version: 1, purpose: "the password of role app" }]);
      await expect(
        sources.read(
          { store: { name: "shop/db", postgres: { ...postgres, shcema: "x" } } },
          "the password of role app",
        ),
      ).rejects.toMatchObject({ code: "protocol.inputs.invalid" });
    });

    test("rejects a connection through a pooler", async (context) => {
      const settings = ["ignore_startup_parameters = options", ""];
      await using pooler = await startOrSkip(context, () => startPgbouncer(server(), settings));
      const { user, passwordFile } = server();
      const { host, port } = pooler;
      const through = { host, port, user, password: { file: passwordFile }, database: "postgres" };
      await expect((await vault.writer(through)).create(newSecret("a"))).rejects.toMatchObject({
        code: "postgres.connection.pooler",
      });
    });
  });
});
