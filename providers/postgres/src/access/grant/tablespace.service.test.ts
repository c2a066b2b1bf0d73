import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { PostgresBackend, useBackend } from "@nixops4-resources/protocol-postgres/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deployed } from "../../testing/deployment.ts";
import { mayActAs } from "../../testing/may-act-as.ts";

describePostgres("a grant on a tablespace", (server) => {
  const startBackend = PostgresBackend.prepare({
    prefix: "space",
    account: "admin",
    prepare: ["create role space_owner", mayActAs("space_owner"), "create role space_app", "create role space_other"],
    snapshot: async () => undefined,
  });
  const backend = useBackend(() => startBackend(server()));
  const grant = () => deployed(backend(), "grant", { objectType: "tablespace", object: 'space_"Fast"' });
  const create = { grants: { space_app: { privileges: ["CREATE"] } } };
  const may = async (role: string): Promise<unknown> => {
    const [row] = await backend().run(
      `select has_tablespace_privilege('space_${role}', 'space_"Fast"', 'create') as may`,
    );
    return row?.["may"];
  };

  beforeEach(async () => {
    // A tablespace inside the data directory, which only superusers can create: another place needs a folder of the server.
    await backend().run("set allow_in_place_tablespaces = on");
    await backend().run(`create tablespace "space_""Fast""" owner space_owner location ''`);
  });
  afterEach(async () => {
    await backend().run(`drop tablespace "space_""Fast"""`);
  });

  test("is created, changed and revoked by an account that may act as the owner of the tablespace", async () => {
    expect((await grant().create(create)).outcome).toBe("created");
    expect((await grant().create(create)).body).toEqual({ outputProperties: { owner: "space_owner" } });
    expect([await may("app"), await may("other")]).toEqual([true, false]);
    const both = { grants: { ...create.grants, space_other: { privileges: ["ALL"] } } };
    expect((await grant().update(create, both)).outcome).toBe("updated");
    expect(await may("other")).toBe(true);
    expect((await grant().update(both, create)).outcome).toBe("updated");
    expect(await may("other")).toBe(false);
    expect((await grant().destroy(create)).outcome).toBe("deleted");
    expect(await may("app")).toBe(false);
  });

  test("rejects `exclusive`, since no deployment manages a tablespace", async () => {
    const { error } = await grant().create({ ...create, exclusive: true });
    expect(error).toBe(
      '[postgres.grant.exclusive] Unable to create grant on tablespace space_"Fast": `exclusive` would revoke ' +
        "privileges that others granted, and no deployment can manage this object.\nHint: Set `exclusive = false`",
    );
    expect(await may("app")).toBe(false);
  });

  test("20 concurrent grants all succeed", async () => {
    const roles = Array.from({ length: 20 }, (_, index) => `space_role${index}`);
    await backend().run(roles.map((role) => `create role ${role};`).join("\n"));
    const replies = await Promise.all(
      roles.map((role) => grant().create({ grants: { [role]: { privileges: ["CREATE"] } } })),
    );
    expect(replies.map(({ outcome, error }) => error ?? outcome)).toEqual(roles.map(() => "created"));
  });
});
