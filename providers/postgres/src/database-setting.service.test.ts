import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { testResource } from "@nixops4-resources/protocol-opentofu/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import databaseSetting from "./database-setting.ts";
import { deployed, main } from "./testing/deployment.ts";
import { mayActAs } from "./testing/may-act-as.ts";

/** All parameters of the roles and databases of these tests, also those that other types manage. */
const snapshotSettings = ({ prefix, run }: Pick<PostgresBackend, "prefix" | "run">): Promise<unknown> =>
  run(`
    select datname, rolname, (select jsonb_agg(one order by one) from unnest(setconfig) one) as settings
    from pg_db_role_setting
    left join pg_database d on d.oid = setdatabase left join pg_roles r on r.oid = setrole
    where coalesce(datname, rolname) like '${prefix}\\_%' order by 1, 2`);

const common = {
  main,
  reached: "network",
  oneBrokenConnection: "The contract of `role` tries all of them.",
  want: { settings: { work_mem: "8MB", search_path: '"$user", app' } },
  changed: { settings: { search_path: "app, public" } },
} as const;

describePostgres("parameters of a role in a database, set by an account with CREATEROLE", (server, version) => {
  const target = 'role "setrole_äpp" in database setrole_shop';
  const startBackend = PostgresBackend.prepare({
    prefix: "setrole",
    account: "admin",
    prepare: ['create role "setrole_äpp"', "create role setrole_other"],
    database: { name: "setrole_shop", prepare: ['alter role "setrole_äpp" in database setrole_shop set jit = off'] },
    snapshot: (backend) => snapshotSettings({ prefix: backend.prefix, run: (sql) => backend.run(sql) }),
  });
  testResource(databaseSetting, {
    ...common,
    backend: () => startBackend(server()),
    ...(version === 15 && { notDisturbed: "PostgreSQL 18 receives the same statements and is disturbed." }),
    want: { ...common.want, database: "setrole_shop", role: "setrole_äpp" },
    immutable: { database: "setrole_elsewhere", role: "setrole_other" },
    drift: {
      settings: async (backend) => {
        await backend.run(`alter ${target} reset work_mem; alter ${target} set search_path = app`);
      },
    },
  });
});

describePostgres("parameters of all roles in a database, set by an account that may act as its owner", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "setall",
    account: "admin",
    prepare: ["create role setall_owner", mayActAs("setall_owner"), "create role setall_other"],
    database: { name: "setall_shop", prepare: ["alter database setall_shop owner to setall_owner"] },
    snapshot: (backend) => snapshotSettings({ prefix: backend.prefix, run: (sql) => backend.run(sql) }),
  });
  testResource(databaseSetting, {
    ...common,
    backend: () => startBackend(server()),
    notDisturbed: "The parameters of a role are changed by the same code.",
    want: { ...common.want, database: "setall_shop", role: null },
    immutable: { database: "setall_elsewhere", role: "setall_other" },
    drift: {
      settings: async (backend) => {
        await backend.run("alter database setall_shop reset work_mem");
      },
    },
  });
});

describePostgres("a database_setting", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "set",
    account: "admin",
    prepare: ["create role set_app login"],
    database: { name: "set_shop", prepare: [] },
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const setting = (more: Message = {}): DeployedResource =>
    deployed(backend(), "database_setting", { database: "set_shop", role: "set_app", ...more });
  const ofAllRoles = (): DeployedResource => setting({ role: null });
  const jit = { settings: { jit: "off" } };
  /** Stored parameters of a role, or of all roles for 0, in the database. */
  const stored = async (role: string): Promise<unknown> => {
    const [row] = await backend().run(
      `select setconfig from pg_db_role_setting join pg_database d on d.oid = setdatabase
       where datname = 'set_shop' and setrole = ${role}`,
    );
    return row?.["setconfig"];
  };
  const app = "'set_app'::regrole";

  test("applies in the database only, and does not count as a setting of the role or the database", async () => {
    const [role, database] = [{ name: "set_own", settings: { work_mem: "5MB" } }, { name: "set_own" }];
    expect((await deployed(backend(), "role", role).create({})).outcome).toBe("created");
    expect((await deployed(backend(), "database", database).create({})).outcome).toBe("created");
    const inputs = { database: "set_own", role: "set_own", settings: { work_mem: "6MB" } };
    expect((await setting().create(inputs)).outcome).toBe("created");
    expect((await deployed(backend(), "role", role).create({})).outcome).toBe("unchanged");
    expect((await deployed(backend(), "database", database).create({})).outcome).toBe("unchanged");
    expect((await setting().create(inputs)).outcome).toBe("unchanged");
  });

  test("resets what its state remembers, and keeps the parameters of others", async () => {
    await backend().run("alter role set_app in database set_shop set datestyle = german");
    const both = { settings: { jit: "off", TimeZone: "UTC" } };
    await setting().create(both);
    expect((await setting().plan(jit, both)).body).toMatchObject({ action: "update" });
    expect((await setting().update(both, jit)).outcome).toBe("updated");
    expect(await stored(app)).toEqual(["DateStyle=german", "jit=off"]);
    expect((await setting().create(both)).outcome).toBe("updated");
    expect((await setting().create(jit)).outcome).toBe("unchanged");
    expect((await setting().update(both, { settings: {} })).outcome).toBe("updated");
    expect(await stored(app)).toEqual(["DateStyle=german"]);
  });

  test("is rejected for all roles of a database with a mark, of whichever deployment", async () => {
    await ofAllRoles().create(jit);
    for (const managedBy of ["shop", "other"]) {
      await backend().run(
        `comment on database set_shop is 'nixops4:{"v":1,"managedBy":"${managedBy}","type":"database"}'`,
      );
      const { error } = await ofAllRoles().create({ settings: { jit: "on" } });
      expect(error).toMatch(
        /^\[postgres\.setting\.managed\] Unable to \w+ database setting of set_shop: the deployment (shop|other) manages/,
      );
      expect(error).toContain("\nHint: Declare the parameters in `settings` of the `database` resource set_shop");
      expect((await ofAllRoles().plan(jit)).body).toMatchObject({ action: "refuse" });
      expect((await ofAllRoles().destroy(jit)).error).toBeUndefined();
      expect(await stored("0")).toEqual(["jit=off"]);
      expect((await setting().create(jit)).outcome).toMatch(/created|unchanged/);
    }
  });

  test("is left to a database that adopts it", async () => {
    await ofAllRoles().create(jit);
    const adopted = await deployed(backend(), "database", { name: "set_shop" }).create({
      adopt: true,
      adoptLowers: true,
    });
    expect(adopted.outcome).toBe("adopted");
    expect(await stored("0")).toBeUndefined();
    expect((await ofAllRoles().create(jit)).error).toContain("[postgres.setting.managed]");
  });

  test.each([
    ["a missing role", { role: "set_nobody" }, "[postgres.role.missing]", 'role "set_nobody" does not exist'],
    ["a missing database", { database: "set_nowhere" }, "[postgres.database.missing]", "set_nowhere"],
    ["a missing database for all roles", { database: "set_nowhere", role: null }, "[postgres.database.missing]", ""],
    ["an unknown parameter", { settings: { work_memory: "8MB" } }, "[postgres.statement.refused]", "work_memory"],
    ["a wrong value", { settings: { work_mem: "much" } }, "[postgres.statement.refused]", "work_mem"],
    [
      "a parameter that only a superuser may set",
      { settings: { log_statement: "all" } },
      "[postgres.permission.denied]",
      "Hint: As a superuser, run GRANT SET ON PARAMETER log_statement TO set_admin",
    ],
  ])("rejects %s with a hint", async (_name, inputs, code, words) => {
    const { error } = await setting(jit).create(inputs);
    expect(error).toContain(code);
    expect(error).toContain(words);
    expect(error).toContain("\nHint: ");
    expect((await setting(jit).destroy(inputs)).outcome).toBe("unchanged");
  });

  test("follows the hint to a parameter that only a superuser may set", async () => {
    await backend().run("grant set on parameter log_statement to set_admin");
    const inputs = { settings: { log_statement: "all" } };
    const { outcome } = await setting().create(inputs);
    await setting().destroy(inputs);
    await backend().run("revoke set on parameter log_statement from set_admin");
    expect(outcome).toBe("created");
  });

  test("is rejected without the right to change the role, or to act as the owner of the database", async () => {
    await backend().run("create role set_boss superuser; alter database set_shop owner to set_boss");
    expect((await setting({ role: "set_boss" }).create(jit)).error).toContain("[postgres.permission.denied]");
    expect((await ofAllRoles().create(jit)).error).toContain("[postgres.permission.denied]");
  });

  test("lets an account without any right set its own parameters", async () => {
    await backend().run("alter role set_admin nocreaterole nocreatedb");
    expect((await setting({ role: "set_admin" }).create(jit)).outcome).toBe("created");
  });

  test("20 concurrent creates with different parameters all succeed", async () => {
    const parameters = await backend().run<{ name: string; setting: string }>(
      "select name, setting from pg_settings where context = 'user' and vartype = 'bool' order by name limit 20",
    );
    const replies = await Promise.all(
      parameters.map(({ name, setting: value }) => setting().create({ settings: { [name]: value } })),
    );
    expect(replies.map(({ outcome, error }) => error ?? outcome)).toEqual(parameters.map(() => "created"));
    expect(await stored(app)).toHaveLength(20);
  });
});
