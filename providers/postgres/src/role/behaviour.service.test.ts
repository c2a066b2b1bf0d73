import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource } from "@nixops4-resources/protocol-core/testing";
import { makeSecretFile, PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { scramVerifier } from "@nixops4-resources/protocol-postgres/scram";
import { expect, test } from "vitest";
import { deployed } from "../testing/deployment.ts";

const secret = makeSecretFile();
const verifier = makeSecretFile(await scramVerifier(secret.value));
const otherVerifier = makeSecretFile(await scramVerifier(secret.value));

describePostgres("a role", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "roleby",
    account: "superuser",
    prepare: ["create role roleby_a", "create role roleby_b"],
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const role = (): DeployedResource => deployed(backend(), "role", { name: "roleby_app" });

  test("changes `inherit` together with its memberships, or separately on PostgreSQL 16 and later", async () => {
    const [inheriting, not] = [true, false].map((inherit) => ({ memberOf: [{ role: "roleby_a", inherit }] }));
    await role().create({ ...inheriting });
    expect((await role().create({ inherit: false, ...not })).outcome).toBe("updated");
    expect(await role().plan({ inherit: false, ...not })).toMatchObject({ body: { action: "none" } });

    const rejected = {
      error: expect.stringMatching(/^\[postgres\.version\.unsupported\].*\nHint: Set `inherit = false`/),
    };
    expect(await role().create({ inherit: false, ...inheriting })).toMatchObject(
      server().version >= 16 ? { outcome: "updated" } : rejected,
    );
  });

  test("sets `set` of a membership, or rejects it before PostgreSQL 16", async () => {
    const inputs = { memberOf: [{ role: "roleby_a", set: false }] };
    const rejected = { error: expect.stringMatching(/^\[postgres\.version\.unsupported\]/) };
    const isSupported = server().version >= 16;
    expect(await role().create(inputs)).toMatchObject(isSupported ? { outcome: "created" } : rejected);
    expect(await role().create(inputs)).toMatchObject(isSupported ? { outcome: "unchanged" } : rejected);
  });

  test("ignores the order of memberships, and revokes those that others granted", async () => {
    await role().create({ memberOf: [{ role: "roleby_a" }, { role: "roleby_b" }] });
    const swapped = { memberOf: [{ role: "roleby_b" }, { role: "roleby_a" }] };
    expect((await role().create(swapped)).outcome).toBe("unchanged");

    await backend().run("create role roleby_grantor; grant roleby_b to roleby_grantor with admin option");
    await backend().run("set role roleby_grantor; grant roleby_b to roleby_app; reset role");
    expect((await role().create({ memberOf: [{ role: "roleby_a" }] })).outcome).toBe("updated");
    const left = await backend().run(
      "select roleid::regrole::text from pg_auth_members where member = 'roleby_app'::regrole",
    );
    expect(left).toEqual([{ roleid: "roleby_a" }]);
  });

  test("keeps the memberships that PostgreSQL grants it in roles that it creates", async () => {
    const inputs = { createrole: true, memberOf: [{ role: "roleby_a" }] };
    await role().create(inputs);
    await backend().run("set role roleby_app; create role roleby_child; reset role");
    if (server().version >= 16) {
      await backend().run("set role roleby_app; grant roleby_child to roleby_app with set true; reset role");
    }
    expect((await role().create(inputs)).outcome).toBe("unchanged");
  });

  test("keeps a person's text in its comment", async () => {
    await backend().run("create role roleby_app; comment on role roleby_app is E'The shop.\\nAsk Ada.'");
    expect((await role().create({ adopt: true })).outcome).toBe("adopted");
    const comment = async (): Promise<unknown> =>
      (await backend().run("select shobj_description('roleby_app'::regrole, 'pg_authid') as text"))[0]?.["text"];
    expect(await comment()).toMatch(/^The shop\.\nAsk Ada\.\nnixops4:/);
    expect((await role().destroy({})).outcome).toBe("retained");
    expect(await comment()).toBe("The shop.\nAsk Ada.");
  });

  const storedPassword = async (): Promise<unknown> =>
    (await backend().run("select rolpassword as text from pg_authid where rolname = 'roleby_app'"))[0]?.["text"];

  test("stores a SCRAM verifier as it is, and the other one of the same password after a change", async () => {
    const [one, other] = [verifier, otherVerifier].map(({ file }) => ({ login: true, password: { file } }));
    expect((await role().create({ ...one })).outcome).toBe("created");
    expect(await storedPassword()).toBe(verifier.value);
    expect((await role().create({ ...one })).outcome).toBe("unchanged");
    expect((await role().create({ login: true, password: { file: secret.file } })).outcome).toBe("unchanged");
    expect((await role().create({ ...other })).outcome).toBe("updated");
    expect(await storedPassword()).toBe(otherVerifier.value);
  });

  test.each([
    ["an MD5 hash", makeSecretFile("md5e8a48653851e28c69d0506508fb27fc5"), "is an MD5 hash"],
    ["an incomplete SCRAM verifier", makeSecretFile(verifier.value.slice(0, -1)), "begins like a SCRAM verifier"],
  ])("rejects %s as a password", async (_, { file, value }, words) => {
    const { error, said } = await role().create({ login: true, password: { file } });
    expect(error).toMatch(/^\[postgres\.role\.verifier\] Unable to create role roleby_app: /);
    expect(error).toContain(words);
    expect(said).not.toContain(value);
    expect(await backend().run("select from pg_roles where rolname = 'roleby_app'")).toEqual([]);
  });

  test("rejects `superuser` without `allowSuperuser`", async () => {
    expect((await role().create({ superuser: true })).error).toMatch(
      /^\[postgres\.role\.superuser\].*\nHint: Set `allowSuperuser = true`/,
    );
    expect((await role().create({ superuser: true, allowSuperuser: true })).outcome).toBe("created");
  });

  test("is not dropped while it owns objects, and neither are these", async () => {
    await role().create({});
    await backend().run("create database roleby_shop owner roleby_app");
    await backend().runIn("roleby_shop", "create table stock (); alter table stock owner to roleby_app");
    const { error } = await role().destroy({});
    expect(error).toMatch(
      /^\[postgres\.role\.inUse\] Unable to delete role roleby_app: .*owner of database roleby_shop/,
    );
    expect(error).toMatch(/1 object in database roleby_shop/);
    expect(error).toMatch(/\nHint: .*REASSIGN OWNED BY "roleby_app"/);
  });

  test("is destroyed even if the file of its password is missing", async () => {
    const password = { file: secret.file };
    expect((await role().create({ password })).outcome).toBe("created");
    expect((await role().destroy({ password: { file: "/nowhere/password" } })).outcome).toBe("deleted");
  });

  test("20 concurrent creates yield 20 roles", async () => {
    const names = Array.from({ length: 20 }, (_, number) => `roleby_${number}`);
    const memberOf = [{ role: "roleby_a" }];
    const replies = await Promise.all(names.map((name) => role().create({ name, memberOf })));
    expect(replies.map(({ error, outcome }) => error ?? outcome)).toEqual(names.map(() => "created"));
  });
});

describePostgres("a role created by an account with CREATEROLE and CREATEDB", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "roleown",
    account: "admin",
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));

  test("can own a database, and the account does not inherit its rights on PostgreSQL 16 and later", async () => {
    const role = deployed(backend(), "role", { name: "roleown_app" });
    const database = deployed(backend(), "database", { name: "roleown_shop" });
    expect((await role.create({})).outcome).toBe("created");
    expect((await database.create({ owner: "roleown_app" })).outcome).toBe("created");
    const [row] = await backend().run(
      "select pg_has_role('roleown_admin', 'roleown_app', 'usage') as inherits, datdba::regrole::text as owner from pg_database where datname = 'roleown_shop'",
    );
    expect(row).toEqual({ inherits: server().version < 16, owner: "roleown_app" });
  });

  test("can be managed by an account whose name has capital letters and spaces", async () => {
    const user = "roleown_Big Admin";
    await backend().run(`do $$ begin execute format('create role %I login createrole password %L', '${user}',
      (select rolpassword from pg_authid where rolname = 'roleown_admin')); end $$`);
    const connection = { ...backend().connection, user };
    const role = deployed(backend(), "role", { name: "roleown_app", connection });
    expect((await role.create({})).outcome).toBe("created");
    const group = deployed(backend(), "role", { name: "roleown_group", connection });
    expect((await group.create({})).outcome).toBe("created");
    expect((await role.create({ memberOf: [{ role: "roleown_group" }] })).outcome).toBe("updated");
  });

  test("is not created without the required right, which the error names", async () => {
    const role = deployed(backend(), "role", { name: "roleown_app" });
    const { error } = await role.create({ replication: true });
    expect(error).toMatch(/^\[postgres\.permission\.denied\] Unable to create role roleown_app: roleown_admin may not/);
    expect(error).toMatch(/REPLICATION|replication/);
    expect(await backend().run("select from pg_roles where rolname = 'roleown_app'")).toEqual([]);
  });

  test("gets a SCRAM verifier, which the account cannot read later", async () => {
    const role = deployed(backend(), "role", { name: "roleown_app", login: true, password: { file: verifier.file } });
    expect((await role.create({})).outcome).toBe("created");
    expect((await role.create({})).outcome).toBe("unchanged");
    const rows = await backend().run("select rolpassword from pg_authid where rolname = 'roleown_app'");
    expect(rows).toEqual([{ rolpassword: verifier.value }]);
  });

  test("loses the password that the previous inputs declared when it is no longer declared", async () => {
    const role = deployed(backend(), "role", { name: "roleown_app" });
    const before = { login: true, password: { file: secret.file } };
    await role.create(before);
    expect((await role.update(before, { login: true })).outcome).toBe("updated");
    const [row] = await backend().run("select rolpassword from pg_authid where rolname = 'roleown_app'");
    expect(row).toEqual({ rolpassword: null });
  });
});
