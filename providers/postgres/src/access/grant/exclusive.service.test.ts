import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { expect, test } from "vitest";
import { useGrants } from "../../testing/grants.ts";

describePostgres("an exclusive grant", (server) => {
  const { grants, reader, run, may } = useGrants(server, "exclusive");
  const alone = { grants: reader("SELECT"), exclusive: true };

  test("is rejected if the deployment manages neither the schema nor the database", async () => {
    await run("grant select on app.orders to exclusive_other");
    const { error } = await grants().create(alone);
    expect(error).toContain("[postgres.grant.exclusive]");
    expect(error).toContain("shop manages neither the database exclusive_shop nor the schema app");
    expect(await may("other", "SELECT")).toBe(true);
    expect(await may("reader", "SELECT")).toBe(false);
  });

  test.each(["database exclusive_shop", "schema app"])(
    "revokes other privileges if the deployment manages the %s",
    async (parent) => {
      await run(`comment on ${parent} is 'nixops4:{"v":1,"managedBy":"shop","type":"any"}'`);
      await run(
        "alter table app.orders owner to exclusive_owner; grant select, delete on app.orders to exclusive_other, public",
      );
      const { body } = await grants().plan(alone);
      expect(body).toMatchObject({ action: "update", differences: [{ current: { PUBLIC: {}, exclusive_other: {} } }] });
      expect((await grants().create(alone)).outcome).toBe("updated");
      expect([await may("other", "SELECT"), await may("reader", "SELECT"), await may("owner", "DELETE")]).toEqual([
        false,
        true,
        true,
      ]);
      expect((await grants().create(alone)).outcome).toBe("unchanged");
    },
  );

  test("spares CONNECT of PUBLIC on a marked database, which `revokePublicConnect` manages", async () => {
    await run(`comment on database exclusive_shop is 'nixops4:{"v":1,"managedBy":"shop","type":"database"}'`);
    const connect = { grants: reader("CONNECT"), exclusive: true };
    expect((await grants({ objectType: "database" }).create(connect)).outcome).toBe("updated");
    const rows = await run(`select has_database_privilege(role, 'exclusive_shop', 'connect') as may
      from unnest('{exclusive_reader,exclusive_other}'::text[]) role`);
    expect(rows).toEqual([{ may: true }, { may: true }]);
  });
});
