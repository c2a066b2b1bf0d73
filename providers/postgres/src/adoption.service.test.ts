import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, DeploymentReply } from "@nixops4-resources/protocol-core/testing";
import { makeSecretFile, PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed } from "./testing/deployment.ts";

const password = makeSecretFile();

describePostgres("adopting what a person made by hand", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "handmade",
    account: "superuser",
    prepare: ["create role handmade_staff", "create role handmade_audit"],
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const role = (): DeployedResource => deployed(backend(), "role", { name: "handmade_ada", adopt: true });
  const database = (): DeployedResource => deployed(backend(), "database", { name: "handmade_shop", adopt: true });

  /** Create and plan refuse, with the same list, and nothing is written. */
  async function expectRefused(resource: DeployedResource, lost: string): Promise<void> {
    const before = await backend().writes();
    const { error } = await resource.create({});
    expect(error).toMatch(/^\[protocol\.ownership\.lowers\] Unable to update /);
    expect(error).toContain(`what the inputs do not declare: ${lost}.\nHint: Set \`adoptLowers = true\``);
    const { body }: DeploymentReply = await resource.plan({});
    expect(body).toMatchObject({ action: "refuse", reason: expect.stringContaining(lost) });
    expect(await backend().writes()).toEqual(before);
  }

  async function makeRole(): Promise<void> {
    await backend().run("create role handmade_ada superuser login createdb noinherit connection limit 3");
    await backend().run("alter role handmade_ada password 'by hand' valid until '2031-05-06T07:08:09Z'");
    await backend().run("alter role handmade_ada set work_mem = '9MB'");
    await backend().run("grant handmade_staff to handmade_ada with admin option");
    await backend().run("grant handmade_audit to handmade_ada");
  }

  test("a role is refused if it would lose attributes, its password, settings or memberships", async () => {
    await makeRole();
    await expectRefused(
      role(),
      "`login = true`, `connectionLimit = 3`, `createdb = true`, `inherit = false`, `superuser = true`, " +
        '`settings.work_mem`, `validUntil = "2031-05-06T07:08:09.000Z"`, ' +
        "the membership in handmade_staff, the membership in handmade_audit, `password`",
    );
  });

  test("a role keeps what the inputs declare", async () => {
    await makeRole();
    const declared = {
      login: true,
      connectionLimit: 3,
      createdb: true,
      inherit: false,
      superuser: true,
      allowSuperuser: true,
      validUntil: "2031-05-06T07:08:09Z",
      settings: { work_mem: "9MB" },
      password: { file: password.file },
      memberOf: [
        { role: "handmade_staff", admin: true, inherit: false },
        { role: "handmade_audit", inherit: false },
      ],
    };
    const { error } = await role().create({ ...declared, memberOf: [{ role: "handmade_staff", inherit: false }] });
    expect(error).toContain("`admin = true` of the membership in handmade_staff, the membership in handmade_audit.\n");
    expect((await role().create(declared)).outcome).toBe("adopted");
    expect((await role().create(declared)).outcome).toBe("unchanged");
  });

  test("a role loses the rest with `adoptLowers`", async () => {
    await makeRole();
    expect((await role().create({ adoptLowers: true })).outcome).toBe("adopted");
    const [row] = await backend().run("select rolsuper, rolcanlogin from pg_roles where rolname = 'handmade_ada'");
    expect(row).toEqual({ rolsuper: false, rolcanlogin: false });
  });

  test("a database is refused if PUBLIC would lose CONNECT, or if it would lose settings", async () => {
    await backend().run("create database handmade_shop connection limit 7");
    await backend().run("alter database handmade_shop set work_mem = '9MB'");
    await expectRefused(database(), "`connectionLimit = 7`, `revokePublicConnect = false`, `settings.work_mem`");
    const declared = { connectionLimit: 7, revokePublicConnect: false, settings: { work_mem: "9MB" } };
    expect((await database().create(declared)).outcome).toBe("adopted");
  });

  test("a database of another deployment is refused for the same reasons", async () => {
    const others = deployed(backend(), "database", { name: "handmade_shop", managedBy: "other" });
    await others.create({ settings: { jit: "off" } });
    const { error } = await database().create({ adoptFrom: "other" });
    expect(error).toContain("[protocol.ownership.lowers]");
    expect(error).toContain("do not declare: `settings.jit`.\n");
    expect((await database().create({ adoptFrom: "other", adoptLowers: true })).outcome).toBe("adopted");
  });
});
