import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { makeSecretFile, PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { Deployment } from "../testing/deployment.ts";

const secret = makeSecretFile();

describePostgres("a role", (server) => {
  const backend = PostgresBackend.prepare({
    prefix: "roleby",
    account: "superuser",
    prepare: ["create role roleby_a", "create role roleby_b"],
    snapshot: async () => undefined,
  });
  const hand = useBackend(() => backend(server()));
  const role = (): Deployment => new Deployment(hand(), "role", { name: "roleby_app" });

  test("changes `inherit` together with its memberships, or each for itself where the server can", async () => {
    const [inheriting, not] = [true, false].map((inherit) => ({ memberOf: [{ role: "roleby_a", inherit }] }));
    await role().create({ ...inheriting });
    expect((await role().create({ inherit: false, ...not })).outcome).toBe("updated");
    expect(await role().plan({ inherit: false, ...not })).toMatchObject({ body: { action: "none" } });

    const refused = {
      error: expect.stringMatching(/^\[postgres\.version\.unsupported\].*\nHint: Set `inherit = false`/),
    };
    expect(await role().create({ inherit: false, ...inheriting })).toMatchObject(
      server().version >= 16 ? { outcome: "updated" } : refused,
    );
  });

  test("may SET ROLE or not, where the server can tell", async () => {
    const inputs = { memberOf: [{ role: "roleby_a", set: false }] };
    const refused = { error: expect.stringMatching(/^\[postgres\.version\.unsupported\]/) };
    const isKnown = server().version >= 16;
    expect(await role().create(inputs)).toMatchObject(isKnown ? { outcome: "created" } : refused);
    expect(await role().create(inputs)).toMatchObject(isKnown ? { outcome: "unchanged" } : refused);
  });

  test("has its memberships in any order, and loses those that others granted", async () => {
    await role().create({ memberOf: [{ role: "roleby_a" }, { role: "roleby_b" }] });
    const swapped = { memberOf: [{ role: "roleby_b" }, { role: "roleby_a" }] };
    expect((await role().create(swapped)).outcome).toBe("unchanged");

    await hand().run("create role roleby_grantor; grant roleby_b to roleby_grantor with admin option");
    await hand().run("set role roleby_grantor; grant roleby_b to roleby_app; reset role");
    expect((await role().create({ memberOf: [{ role: "roleby_a" }] })).outcome).toBe("updated");
    const left = await hand().run(
      "select roleid::regrole::text from pg_auth_members where member = 'roleby_app'::regrole",
    );
    expect(left).toEqual([{ roleid: "roleby_a" }]);
  });

  test("keeps what PostgreSQL gave it of the roles that it made itself", async () => {
    const inputs = { createrole: true, memberOf: [{ role: "roleby_a" }] };
    await role().create(inputs);
    await hand().run("set role roleby_app; create role roleby_child; reset role");
    if (server().version >= 16) {
      await hand().run("set role roleby_app; grant roleby_child to roleby_app with set true; reset role");
    }
    expect((await role().create(inputs)).outcome).toBe("unchanged");
  });

  test("keeps a person's words in its comment", async () => {
    await hand().run("create role roleby_app; comment on role roleby_app is E'The shop.\\nAsk Ada.'");
    expect((await role().create({ adopt: true })).outcome).toBe("adopted");
    const comment = async (): Promise<unknown> =>
      (await hand().run("select shobj_description('roleby_app'::regrole, 'pg_authid') as text"))[0]?.["text"];
    expect(await comment()).toMatch(/^The shop\.\nAsk Ada\.\nnixops4:/);
    expect((await role().destroy({})).outcome).toBe("retained");
    expect(await comment()).toBe("The shop.\nAsk Ada.");
  });

  test("becomes superuser only where that is said twice", async () => {
    expect((await role().create({ superuser: true })).error).toMatch(
      /^\[postgres\.role\.superuser\].*\nHint: Set `allowSuperuser = true`/,
    );
    expect((await role().create({ superuser: true, allowSuperuser: true })).outcome).toBe("created");
  });

  test("that owns something is not dropped, and nothing of it is", async () => {
    await role().create({});
    await hand().run("create database roleby_shop owner roleby_app");
    await hand().runIn("roleby_shop", "create table stock (); alter table stock owner to roleby_app");
    const { error } = await role().destroy({});
    expect(error).toMatch(
      /^\[postgres\.role\.inUse\] Unable to delete role roleby_app: .*owner of database roleby_shop/,
    );
    expect(error).toMatch(/1 object in database roleby_shop/);
    expect(error).toMatch(/\nHint: .*REASSIGN OWNED BY "roleby_app"/);
  });

  test("is destroyed without the file of its password", async () => {
    const password = { file: secret.file };
    expect((await role().create({ password })).outcome).toBe("created");
    expect((await role().destroy({ password: { file: "/nowhere/password" } })).outcome).toBe("deleted");
  });

  test("20 at once are 20 roles, and none of them fails", async () => {
    const names = Array.from({ length: 20 }, (_, number) => `roleby_${number}`);
    const memberOf = [{ role: "roleby_a" }];
    const told = await Promise.all(names.map((name) => role().create({ name, memberOf })));
    expect(told.map(({ error, outcome }) => error ?? outcome)).toEqual(names.map(() => "created"));
  });
});

describePostgres("a role made by an account with CREATEROLE and CREATEDB alone", (server) => {
  const backend = PostgresBackend.prepare({ prefix: "roleown", account: "admin", snapshot: async () => undefined });
  const hand = useBackend(() => backend(server()));

  test("can be given a database, and its rights are not inherited where that can be", async () => {
    const role = new Deployment(hand(), "role", { name: "roleown_app" });
    const database = new Deployment(hand(), "database", { name: "roleown_shop" });
    expect((await role.create({})).outcome).toBe("created");
    expect((await database.create({ owner: "roleown_app" })).outcome).toBe("created");
    const [row] = await hand().run(
      "select pg_has_role('roleown_admin', 'roleown_app', 'usage') as inherits, datdba::regrole::text as owner from pg_database where datname = 'roleown_shop'",
    );
    expect(row).toEqual({ inherits: server().version < 16, owner: "roleown_app" });
  });

  test("is not made where the account lacks a right, which the error names", async () => {
    const role = new Deployment(hand(), "role", { name: "roleown_app" });
    const { error } = await role.create({ replication: true });
    expect(error).toMatch(/^\[postgres\.permission\.denied\] Unable to create role roleown_app: roleown_admin may not/);
    expect(error).toMatch(/REPLICATION|replication/);
    expect(await hand().run("select from pg_roles where rolname = 'roleown_app'")).toEqual([]);
  });

  test("loses the password that is not declared any more, as far as that is remembered", async () => {
    const role = new Deployment(hand(), "role", { name: "roleown_app" });
    const before = { login: true, password: { file: secret.file } };
    await role.create(before);
    expect((await role.update(before, { login: true })).outcome).toBe("updated");
    const [row] = await hand().run("select rolpassword from pg_authid where rolname = 'roleown_app'");
    expect(row).toEqual({ rolpassword: null });
  });
});
