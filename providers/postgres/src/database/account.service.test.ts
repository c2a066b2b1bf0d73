import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import type { DeployedResource, Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { expect, test } from "vitest";
import { deployed } from "../testing/deployment.ts";
import { whileLocked } from "../testing/while-locked.ts";

const database = "dbacc_shop";

describePostgres("an account with CREATEROLE and CREATEDB only", (server) => {
  const startBackend = PostgresBackend.prepare({ prefix: "dbacc", account: "admin", snapshot: async () => undefined });
  const backend = useBackend(() => startBackend(server()));
  const resource = (type: string, same: Message): DeployedResource => deployed(backend(), type, same);
  const createShop = async (): Promise<void> => {
    expect((await resource("role", { name: "dbacc_app" }).create({})).error).toBeUndefined();
    expect((await resource("database", { name: database }).create({ owner: "dbacc_app" })).error).toBeUndefined();
  };
  const mayConnect = async (role: string): Promise<unknown> =>
    (await backend().run(`select has_database_privilege('${role}', '${database}', 'connect') as may`))[0]?.["may"];

  test("creates a role, its database, and an extension in it", async () => {
    await createShop();
    expect(await mayConnect("public")).toBe(false);
    const extension = resource("extension", { database, name: "pg_trgm" });
    expect((await extension.create({})).error).toBeUndefined();
  });

  test("keeps CONNECT when the owner changes, and with an `exclusive` grant", async () => {
    await resource("role", { name: "dbacc_app" }).create({});
    await resource("database", { name: database }).create({});
    expect((await resource("database", { name: database }).create({ owner: "dbacc_app" })).outcome).toBe("updated");
    const onDatabase = { database, objectType: "database", grants: { dbacc_app: { privileges: ["CREATE"] } } };
    await backend().run(`grant connect on database ${database} to dbacc_app, pg_monitor`);
    expect((await resource("grant", onDatabase).create({ exclusive: true })).error).toBeUndefined();
    expect(await mayConnect("dbacc_admin")).toBe(true);
    expect(await mayConnect("pg_monitor")).toBe(false);
  });

  test("cannot grant CONNECT to PUBLIC on a database whose `database` resource revokes it", async () => {
    await createShop();
    const grant = resource("grant", {
      database,
      objectType: "database",
      grants: { PUBLIC: { privileges: ["CONNECT"] } },
    });
    const refused = /^\[postgres\.grant\.publicConnect\].*\nHint: Set `revokePublicConnect = false`/s;
    expect((await grant.create({})).error).toMatch(refused);
    expect(await mayConnect("public")).toBe(false);
    await resource("database", { name: database }).create({ owner: "dbacc_app", revokePublicConnect: false });
    expect((await grant.create({})).error).toMatch(refused);
    expect((await grant.destroy({})).error).toBeUndefined();
    expect(await mayConnect("public")).toBe(true);
  });

  test("cannot revoke CONNECT from PUBLIC with an `exclusive` grant on a database with `revokePublicConnect = false`", async () => {
    const open = { owner: null, revokePublicConnect: false };
    await resource("database", { name: database }).create(open);
    const grants = { dbacc_admin: { privileges: ["CREATE"] } };
    const grant = resource("grant", { database, objectType: "database", grants });
    expect((await grant.create({ exclusive: true })).error).toBeUndefined();
    expect((await resource("database", { name: database }).create(open)).outcome).toBe("unchanged");
  });

  test("takes over a database whose owner changes while it waits for the lock", async () => {
    await createShop();
    await resource("role", { name: "dbacc_heir" }).create({});
    const { error, outcome } = await whileLocked(
      backend(),
      ["database", database],
      () =>
        resource("database", { name: database, managedBy: "other" }).create({ owner: "dbacc_heir", adoptFrom: "shop" }),
      () => backend().run(`alter database ${database} owner to dbacc_heir`),
    );
    expect(error).toBeUndefined();
    expect(outcome).toBe("adopted");
  });

  test("drops a database that another role owns", async () => {
    await createShop();
    expect((await resource("database", { name: database }).destroy({ owner: "dbacc_app" })).outcome).toBe("deleted");
    const left = "select datname from pg_database where datname = 'dbacc_shop' or datname like 'nixops4-pending-%'";
    expect(await backend().run(left)).toEqual([]);
  });
});
