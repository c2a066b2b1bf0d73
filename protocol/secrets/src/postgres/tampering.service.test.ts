import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { beforeEach, expect, test } from "vitest";
import type { SecretWriter } from "../store.ts";
import { newSecret, newValue } from "../testing/index.ts";
import { useVault } from "../testing/use-vault.ts";

describePostgres("a secret store with changed tables", (server) => {
  const vault = useVault(server, "vaultmeddle");
  let store: SecretWriter;
  beforeEach(async () => {
    store = await vault.writer();
  });

  test("rejects a secret copied to another name", async () => {
    await store.create(newSecret("a"));
    for (const table of ["secret_version", "secret_revision", "secret_key"]) await vault.run(meddling(copy(table)));
    const moved = {
      code: "secret.encrypted.moved",
      message: expect.stringMatching(/secret b in .* encrypted as .* secret a /),
    };
    for (const refused of [
      () => store.look("b"),
      () => store.reveal("b", null, "a test"),
      () => store.change("b", {}),
      () => store.addVersion("b", 1, newValue()),
      () => store.list(),
    ]) {
      await expect(refused()).rejects.toMatchObject(moved);
    }
    expect(await store.look("a")).toMatchObject({ name: "a" });
  });

  test("rejects an old value or revision in the place of a later one", async () => {
    await store.create(newSecret("a"));
    await store.addVersion("a", 1, newValue());
    await vault.run(
      meddling(`
        update %.secret_version v set value = o.value from %.secret_version o where o.version = 1 and v.version = 2;
        update %.secret_key k set wrapped = o.wrapped from %.secret_key o where o.version = 1 and k.version = 2`),
    );
    await expect(store.reveal("a", 2, "a test")).rejects.toMatchObject({
      code: "secret.encrypted.moved",
      message: expect.stringMatching(/secret a in version 1, but was found in the place of .* secret a in version 2/),
    });
    await vault.run(
      meddling(`update %.secret_revision r set about = o.about from %.secret_revision o
        where o.revision = 1 and r.revision = 2`),
    );
    await expect(store.look("a")).rejects.toMatchObject({
      code: "secret.encrypted.moved",
      message: expect.stringMatching(/in revision 1, but was found in the place of .* in revision 2/),
    });
  });

  test("detects a changed byte", async () => {
    await store.create(newSecret("a"));
    await vault.run(meddling(`update %.secret_version set ${flip("value")}`));
    await expect(store.reveal("a", null, "a test")).rejects.toMatchObject({ code: "secret.encrypted.damaged" });
    await vault.run(meddling(`update %.secret_revision set ${flip("about")}`));
    await expect(store.look("a")).rejects.toMatchObject({ code: "secret.encrypted.damaged" });
  });
});

/** Only a superuser can do this. */
const meddling = (sql: string): string =>
  `set session_replication_role = replica; ${sql}; reset session_replication_role`;

const copy = (table: string): string =>
  `insert into %.${table} select (jsonb_populate_record(t, '{"name": "b"}')).* from %.${table} t where name = 'a'`;

const flip = (column: string): string => `${column} = set_byte(${column}, 90, get_byte(${column}, 90) # 1)`;
