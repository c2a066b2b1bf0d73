import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { superuserLogin } from "@nixops4-resources/integration-servers/postgres/postgres";
import { Client } from "pg";
import { expect, test } from "vitest";
import { useGrants } from "../../testing/grants.ts";

describePostgres("revoking", (server) => {
  const { grants, reader, run, may } = useGrants(server, "revoking");
  const readerAndWriter = { ...reader("SELECT", "INSERT"), revoking_writer: { privileges: ["SELECT"] } };

  test("update revokes what the previous inputs declared, and nothing else", async () => {
    await grants().create({ grants: readerAndWriter });
    await run("grant select on app.orders to revoking_other; grant delete on app.orders to revoking_reader");
    const left = { grants: reader("SELECT") };

    const { body } = await grants().plan(left, { grants: readerAndWriter });
    expect(body).toMatchObject({
      action: "update",
      differences: [{ field: "grants", current: { revoking_writer: { privileges: ["SELECT"] } } }],
    });
    expect((await grants().update({ grants: readerAndWriter }, left)).outcome).toBe("updated");
    expect([await may("reader", "SELECT"), await may("reader", "INSERT"), await may("writer", "SELECT")]).toEqual([
      true,
      false,
      false,
    ]);
    expect([await may("other", "SELECT"), await may("reader", "DELETE")]).toEqual([true, true]);
  });

  test("create revokes nothing, since it has no previous inputs", async () => {
    await grants().create({ grants: readerAndWriter });
    expect((await grants().create({ grants: reader("SELECT") })).outcome).toBe("unchanged");
    expect(await may("writer", "SELECT")).toBe(true);
  });

  test("destroy revokes the declared privileges and keeps the rest", async () => {
    await grants().create({ grants: readerAndWriter });
    expect((await grants().destroy({ grants: reader("SELECT") })).outcome).toBe("deleted");
    expect([await may("reader", "SELECT"), await may("reader", "INSERT")]).toEqual([false, true]);
  });

  test("revokes a grant option without its privilege", async () => {
    const passing = { revoking_reader: { privileges: ["SELECT"], grantable: ["SELECT"] } };
    await grants().create({ grants: passing });
    expect(await may("reader", "SELECT WITH GRANT OPTION")).toBe(true);
    await grants().update({ grants: passing }, { grants: reader("SELECT") });
    expect([await may("reader", "SELECT"), await may("reader", "SELECT WITH GRANT OPTION")]).toEqual([true, false]);
  });

  test("does not revoke what a role granted to others", async () => {
    const passing = { revoking_reader: { privileges: ["SELECT"], grantable: ["SELECT"] } };
    await grants().create({ grants: passing });
    await run("grant usage on schema app to revoking_reader");
    await run("set role revoking_reader; grant select on app.orders to revoking_other");
    const { error } = await grants().destroy({ grants: passing });
    expect(error).toContain("[postgres.grant.passedOn] Unable to delete grant on table app.orders in revoking_shop");
    expect(await may("other", "SELECT")).toBe(true);
  });

  test("names the grantor if it is not the owner", async () => {
    await run(
      "grant usage on schema app to revoking_other; grant select on app.orders to revoking_other with grant option",
    );
    await run("set role revoking_other; grant select on app.orders to revoking_reader");
    const { error } = await grants().destroy({ grants: reader("SELECT") });
    expect(error).toBe(
      "[postgres.grant.grantor] Unable to delete grant on table app.orders in revoking_shop: " +
        "SELECT for revoking_reader was granted by revoking_other, and only revoking_other can revoke it.\n" +
        'Hint: Run as revoking_other: revoke SELECT on table app.orders from "revoking_reader".',
    );
  });

  test("never interrupts a privilege that a role keeps", async () => {
    const [one, two] = [reader("SELECT", "INSERT"), reader("SELECT", "UPDATE")];
    await grants().create({ grants: one });
    const watcher = new Client(await superuserLogin(server(), "revoking_shop"));
    await watcher.connect();
    const seen: unknown[] = [];
    const over = new AbortController();
    const watching = (async () => {
      while (!over.signal.aborted) {
        const { rows } = await watcher.query(
          "select has_table_privilege('revoking_reader', 'app.orders', 'select') as may",
        );
        seen.push(rows[0]?.["may"]);
      }
      await watcher.end();
    })();
    for (const [from, to] of [
      [one, two],
      [two, one],
      [one, two],
      [two, one],
    ]) {
      expect((await grants().update({ grants: from }, { grants: to })).outcome).toBe("updated");
    }
    over.abort();
    await watching;
    expect(seen.length, "looks").toBeGreaterThan(100);
    expect(new Set(seen)).toEqual(new Set([true]));
  });
});
