import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { beforeEach, expect, test } from "vitest";
import { newSecret } from "../testing/index.ts";
import { useVault } from "../testing/use-vault.ts";

const untrusted = { code: "postgres.schema.untrusted" };

describePostgres("a schema that somebody else planted", (server) => {
  const vault = useVault(server, "vaultplant", ["vaultplant_mallory", "vaultplant_boss"]);
  /** The store, opened by a superuser. */
  const asBoss = { user: "vaultplant_boss" };
  const asMallory = (statements: string) =>
    vault.run(`set role vaultplant_mallory; ${statements}`).then(() => undefined);
  const promoted = async () =>
    (await vault.run(`select rolsuper from pg_roles where rolname = 'vaultplant_mallory'`))[0]?.["rolsuper"];

  beforeEach(async () => {
    await vault.run(`
      alter role vaultplant_boss superuser; alter role vaultplant_mallory nosuperuser nologin;
      grant create on database vaultplant_ops to vaultplant_mallory`);
  });

  /** A complete store whose functions do what `body` says. */
  const plantStore = () =>
    asMallory(`
      create schema %;
      create table %.migration (version integer, applied_at timestamptz default now());
      insert into %.migration (version) values (1);
      create function %.look(wanted text) returns table (
        name text, revision integer, version integer, previous integer, last_version integer, grace_seconds integer,
        about bytea, key bytea, previous_key bytea, created_at timestamptz, previous_created_at timestamptz)
      language plpgsql as $$ begin alter role vaultplant_mallory superuser; return; end $$;
      grant all on all tables in schema % to public; grant usage on schema % to public`);

  test("runs nothing of it as superuser, neither for a writer nor for a reader", async () => {
    await plantStore();
    const writer = await vault.writer(asBoss);
    await expect(writer.create(newSecret("a"))).rejects.toMatchObject(untrusted);
    const reader = await vault.reader(asBoss);
    await expect(reader.look("a")).rejects.toMatchObject({
      ...untrusted,
      message: `the schema ${vault.schema()} is not safe to use: vaultplant_mallory owns it, expected ${vault.schema()}_owner`,
    });
    expect(await promoted()).toBe(false);
  });

  test("is rejected even if it appears while a reader is open", async () => {
    const reader = await vault.reader(asBoss);
    expect(await reader.look("a")).toBeUndefined();
    await plantStore();
    await expect(reader.look("a")).rejects.toMatchObject(untrusted);
    expect(await promoted()).toBe(false);
  });

  test.each([
    ["a view in place of a table", "create view %.more as select 1"],
    [
      "a function of another role",
      "create function %.other() returns int language sql as 'select 1'; alter function %.other owner to vaultplant_mallory",
    ],
    ["a right to create functions", "grant create on schema % to vaultplant_mallory"],
    ["a right to create triggers", "grant trigger on %.secret_version to vaultplant_mallory"],
    ["a policy", "alter table %.secret_version enable row level security"],
    [
      "a trigger that calls a function of another schema",
      `
      create schema if not exists elsewhere;
      create or replace function elsewhere.run() returns trigger language plpgsql as 'begin return new; end';
      create trigger more before insert on %.access_log for each row execute function elsewhere.run()`,
    ],
    ["a member of the owner role", "grant %_owner to vaultplant_mallory"],
    ["an owner role that can log in", "alter role %_owner login"],
  ])("is found by %s", async (_what, statement) => {
    await (await vault.writer(asBoss)).create(newSecret("a"));
    expect(await (await vault.reader(asBoss)).look("a")).toMatchObject({ name: "a" });
    await vault.run(statement);
    await expect((await vault.reader(asBoss)).look("a")).rejects.toMatchObject(untrusted);
    await expect((await vault.writer(asBoss)).create(newSecret("b"))).rejects.toMatchObject(untrusted);
    expect(await promoted()).toBe(false);
  });

  test("gets no owner role that somebody else prepared", async () => {
    await vault.run("create role %_owner; grant %_owner to vaultplant_mallory");
    await expect((await vault.writer(asBoss)).create(newSecret("a"))).rejects.toMatchObject(untrusted);
    expect(await vault.run("select from pg_namespace where nspname = '%'")).toEqual([]);
  });
});

describePostgres("a superuser's session", (server) => {
  const vault = useVault(server, "vaultlimit", ["vaultlimit_boss"]);

  test("uses the store with the rights of a reader or writer", async () => {
    await vault.run("alter role vaultlimit_boss superuser");
    const boss = { user: "vaultlimit_boss" };
    const writer = await vault.writer(boss);
    const secret = newSecret("a");
    await writer.create(secret);
    const reader = await vault.reader(boss);
    expect((await reader.reveal("a", null, "a test")).value.revealText()).toBe(secret.value.revealText());
    await expect(reader.accesses("a")).rejects.toMatchObject({ code: "secret.postgres.denied" });
    expect(await writer.accesses("a")).toMatchObject([{ who: "vaultlimit_boss", name: "a" }]);
  });
});
