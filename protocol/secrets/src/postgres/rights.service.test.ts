import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { beforeEach, expect, test } from "vitest";
import type { SecretWriter } from "../store.ts";
import { makePerson, newSecret, newValue } from "../testing/index.ts";
import { keyOf, useVault } from "../testing/use-vault.ts";

describePostgres("the server of a secret store", (server) => {
  const vault = useVault(server, "vaultrights", ["vaultrights_reads", "vaultrights_writes"]);
  let store: SecretWriter;
  beforeEach(async () => {
    store = await vault.writer();
  });

  test("lets a reader use functions only", async () => {
    const secret = newSecret("a");
    await store.create(secret);
    await vault.run(`grant %_reader to vaultrights_reads`);
    const reader = await vault.reader({ user: "vaultrights_reads" });
    expect(await reader.look("a")).toMatchObject({ name: "a" });
    expect((await reader.reveal("a", null, "a test")).value.revealText()).toBe(secret.value.revealText());
    for (const statement of [
      `select from %.secret_version`,
      `select from %.secret_revision`,
      `select from %.secret_key`,
      `select from %.access_log`,
      `select from %.accesses(null)`,
      `select %.append('b', 0, null, null, 0, null, null, null, null)`,
      `insert into %.access_log (ticket, name, version, purpose) values (gen_random_uuid(), 'a', 1, 'x')`,
    ]) {
      await expect(vault.run(`set role vaultrights_reads; ${statement}`), statement).rejects.toThrow(
        /permission denied/,
      );
    }
    const writer = await vault.writer({ user: "vaultrights_reads" });
    await expect(writer.create(newSecret("b"))).rejects.toMatchObject({ code: "secret.postgres.denied" });
  });

  test("lets a writer add rows, but neither change nor remove them", async () => {
    await store.create(newSecret("a"));
    await vault.run(`grant %_writer to vaultrights_writes`);
    await (await vault.writer({ user: "vaultrights_writes" })).create(newSecret("b"));
    for (const table of ["secret_version", "secret_revision", "secret_key", "access_log"]) {
      for (const statement of [
        `delete from %.${table}`,
        `update %.${table} set name = 'c'`,
        `truncate %.${table} cascade`,
        `insert into %.${table} (name) values ('c')`,
      ]) {
        await expect(vault.run(`set role vaultrights_writes; ${statement}`), statement).rejects.toThrow(
          /permission denied/,
        );
      }
    }
  });

  test.each(["migration", "secret_version", "secret_revision", "secret_key", "access_log"])(
    "keeps a superuser from changing %s by mistake",
    async (table) => {
      await store.create(newSecret("a"));
      for (const statement of [
        `delete from %.${table}`,
        `update %.${table} set version = 7`,
        `truncate %.${table} cascade`,
      ]) {
        await expect(vault.run(statement), statement).rejects.toThrow(/never changed or removed/);
      }
    },
  );

  test("rejects a revision after an outdated one, and a version out of order", async () => {
    await store.create(newSecret("a"));
    await store.addVersion("a", 1, newValue());
    expect(await vault.run(append(1, 2))).toEqual([{ isAdded: false }]);
    await expect(vault.run(append(2, 1))).rejects.toThrow(/does not follow/);
    await expect(vault.run(append(2, 3))).rejects.toThrow(/does not follow/);
  });

  test("records who read which value, when and for what purpose", async () => {
    await store.create(newSecret("a"));
    await store.addVersion("a", 1, newValue());
    await vault.run(`grant %_reader to vaultrights_reads`);
    const reader = await vault.reader({ user: "vaultrights_reads" });
    await reader.reveal("a", null, "the password of role app");
    await reader.reveal("a", 1, "the password of role old");
    await expect(reader.reveal("a", 3, "nothing")).rejects.toMatchObject({ code: "secret.version.missing" });
    await store.reveal("a", null, "the password of role app");
    await reader.look("a");
    await reader.list();
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT/);
    expect(await store.accesses("a")).toEqual([
      {
        at,
        who: "vaultrights_reads",
        address: "127.0.0.1",
        name: "a",
        version: 2,
        purpose: "the password of role app",
      },
      {
        at,
        who: "vaultrights_reads",
        address: "127.0.0.1",
        name: "a",
        version: 1,
        purpose: "the password of role old",
      },
      {
        at,
        who: vault.backend().account,
        address: "127.0.0.1",
        name: "a",
        version: 2,
        purpose: "the password of role app",
      },
    ]);
    expect(await store.accesses("b")).toEqual([]);
    expect(await store.accesses(null)).toHaveLength(3);
  });

  test("reveals nothing for a record that may be rolled back, is old, or belongs to another user", async () => {
    await store.create(newSecret("a"));
    await store.reveal("a", null, "a test");
    const ticket = "10000000-0000-0000-0000-000000000000";
    // In a transaction that could be rolled back, and in a subtransaction.
    for (const request of ["perform", "begin perform"]) {
      const end = request === "perform" ? "" : "exception when others then null; end;";
      await vault.run(`do $$ begin
          ${request} %.request('${ticket}', 'a', null, 'to be rolled back'); ${end}
          if exists(select from %.reveal('${ticket}')) then raise exception 'it was revealed'; end if;
          raise no_data_found;
          exception when no_data_found then null;
        end $$`);
    }
    const [{ ticket: theirs } = {}] = await vault.run(`select ticket from %.access_log`);
    expect(await vault.run(`select from %.reveal('${String(theirs)}')`)).toEqual([]);
    await vault.run(`insert into %.access_log (ticket, at, name, version, purpose)
        values ('${ticket}', now() - interval '2 minutes', 'a', 1, 'long ago')`);
    expect(await vault.run(`select from %.reveal('${ticket}')`)).toEqual([]);
  });

  test("does not reveal the previous value after its grace period", async () => {
    await store.create(newSecret("a", { graceSeconds: 0 }));
    await store.addVersion("a", 1, newValue());
    const ticket = "20000000-0000-0000-0000-000000000000";
    await vault.run(`select %.request('${ticket}', 'a', 1, 'x')`);
    expect(await vault.run(`select from %.reveal('${ticket}')`)).toEqual([]);
    await store.change("a", { graceSeconds: 60 });
    await vault.run(`select %.request('${ticket}', 'a', 1, 'x')`);
    expect(await vault.run(`select version from %.reveal('${ticket}')`)).toEqual([{ version: 1 }]);
  });

  test("stores and logs neither values, nor keys, nor metadata in clear", async () => {
    const key = keyOf(vault.alice());
    await using bob = await makePerson();
    await store.create(newSecret("a", { specification: { canary: "canary-specification" } }));
    await store.addVersion("a", 1, newValue({ public: { canary: "canary-public" } }));
    await store.change("a", { recipients: [bob.recipient] });
    await store.reveal("a", null, "a test");
    const [log, kept] = [await vault.backend().log(), await vault.dump()];
    expect(log).toContain(`"${vault.schema()}".append(`);
    for (const place of [log, kept]) {
      expect(place).not.toContain("canary");
      expect(place).not.toContain(key);
      expect(place).not.toContain(Buffer.from("canary").toString("hex"));
    }
  });
});

const append = (seen: number, version: number): string =>
  `select %.append('a', ${seen}, ${version}, null, 0, '\\x00', null, null, null) as "isAdded"`;
