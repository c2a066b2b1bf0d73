import { join } from "node:path";
import { startGarage } from "@nixops4-resources/integration-servers/garage/garage";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type DeploymentReply, type Message } from "@nixops4-resources/protocol-core/testing";
import { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { GarageBackend } from "../testing/backend.ts";
import { KeyFiles } from "../testing/key-files.ts";
import { statusOfList } from "../testing/s3-access.ts";

// The contract in key.service.test.ts tests twenty concurrent creates, and kills between the creation of a key and the
// moment when its secret is stored.
const main = join(import.meta.dirname, "../../dist/main.cjs");
const server = serverOf(startGarage);
const secrets = await SecretFolder.make();
const [first, second] = [await KeyFiles.make(), await KeyFiles.make()];
let garage: GarageBackend;
let deployment: Deployment;

beforeAll(() => {
  garage = new GarageBackend(server(), secrets);
  deployment = new Deployment(main, garage.connection);
});
beforeEach(async () => {
  await garage.reset();
  for (const files of [first, second]) await files.reset();
});
afterAll(async () => {
  for (const one of [first, second, secrets]) await one[Symbol.asyncDispose]();
});

const apply = (inputs: Message): Promise<DeploymentReply> => deployment.create("key", inputs);
const generated = { name: "media", store: secrets.place, secretName: "media/s3" };
const imported = { name: "backup", imported: first.imported };

/** A key as S3 clients need it. */
const credentials = ({ id, secret }: { id: string; secret: string }) => ({ accessKeyId: id, secretAccessKey: secret });

describe("an imported key", () => {
  test("rotates: both keys work, then the old one is deleted, and its id is never accepted again", async () => {
    await garage.makeBucket("backups");
    const next = { name: "backup-2", imported: second.imported };
    expect((await apply(imported)).outputs).toEqual({
      accessKeyId: first.id,
      secretAccessKey: first.imported.secretAccessKey,
    });
    await apply(next);
    for (const { id } of [first, second]) await garage.allowRead("backups", id);
    for (const files of [first, second])
      expect(await statusOfList(garage.connection, credentials(files), "backups")).toBe(200);

    expect((await deployment.destroy("key", imported)).outcome).toBe("deleted");
    expect(await statusOfList(garage.connection, credentials(first), "backups")).toBe(403);
    expect(await statusOfList(garage.connection, credentials(second), "backups")).toBe(200);
    expect((await apply(imported)).error).toContain("[garage.key.deleted]");
  });

  test("is rejected with another secret, also by plan, and nothing is written", async () => {
    await apply(imported);
    first.writeSecret(second.secret);
    const before = await garage.writes();
    const { body } = await deployment.plan("key", imported);
    expect(body).toMatchObject({ action: "refuse", reason: expect.stringContaining("another secret") });
    const { error, said } = await apply(imported);
    expect(error).toContain("[garage.key.secretDiffers]");
    for (const { secret } of [first, second]) expect(said).not.toContain(secret);
    expect(await garage.writes()).toEqual(before);
  });

  test("is rejected with another id while the deployment has a key of that name", async () => {
    const { outputs } = await apply(imported);
    first.renew();
    for (const { error } of [await apply(imported), await deployment.plan("key", imported)]) {
      expect(error).toContain("[garage.key.nameTaken]");
      expect(error).toContain(String(outputs["accessKeyId"]));
    }
  });

  test("is destroyed without its files and without a state, and no request has an empty id", async () => {
    await apply(imported);
    await garage.makeKey("another");
    await first.remove();
    expect((await deployment.destroy("key", imported)).outcome).toBe("deleted");
    expect((await deployment.destroy("key", imported)).outcome).toBe("unchanged");
    expect(await garage.keyIds("backup")).toEqual([]);
    expect(await garage.keyIds("another")).toHaveLength(1);
    expect(await garage.log()).not.toMatch(/[?&]id=(&|\s|$)/m);
  });

  test("is found by its id among keys of the same name", async () => {
    await garage.makeKey("backup");
    expect((await apply(imported)).outcome).toBe("created");
    expect((await apply(imported)).outcome).toBe("unchanged");
    expect((await deployment.destroy("key", imported)).outcome).toBe("deleted");
    expect(await garage.keyIds("backup")).toHaveLength(1);
  });
});

describe("a generated key", () => {
  test("has its secret in the store, and nowhere else", async () => {
    await garage.makeBucket("media");
    const { outputs, said } = await apply(generated);
    const id = String(outputs["accessKeyId"]);
    expect(outputs["secretAccessKey"]).toMatchObject({ store: { name: "media/s3", version: 1, ...secrets.place } });
    const secret = await secrets.valueOf("media/s3");
    expect(said).not.toContain(secret);
    await garage.allowRead("media", id);
    expect(await statusOfList(garage.connection, credentials({ id, secret }), "media")).toBe(200);
  });

  test("gets its secret back into a store that lost it, or into another one", async () => {
    await apply(generated);
    const secret = await secrets.valueOf("media/s3");
    await secrets.remove("media/s3");
    const { body } = await deployment.plan("key", generated);
    expect(body).toMatchObject({ action: "update", differences: [{ field: "store" }] });
    expect((await apply(generated)).outcome).toBe("updated");
    expect(await secrets.valueOf("media/s3")).toBe(secret);

    await using other = await SecretFolder.make();
    const moved = { ...generated, store: other.place };
    expect((await deployment.update("key", generated, moved)).outcome).toBe("updated");
    expect(await other.valueOf("media/s3")).toBe(secret);
    expect(await secrets.valueOf("media/s3")).toBe(secret);
  });

  test("replaces the secret of a key that was deleted by hand", async () => {
    const { outputs } = await apply(generated);
    await garage.deleteKey(String(outputs["accessKeyId"]));
    const again = await apply(generated);
    expect(again.outcome).toBe("created");
    expect(again.outputs["secretAccessKey"]).toMatchObject({ store: { version: 2 } });
  });

  test("is not created if a secret of somebody else has its name in the store", async () => {
    await secrets.put("media/s3", "of a person");
    for (const { error } of [await deployment.plan("key", generated), await apply(generated)]) {
      expect(error).toContain("[secret.store.taken]");
    }
    // A second key of the deployment must not take the first one's place.
    await apply({ ...generated, secretName: "media/own" });
    const { error } = await apply({ ...generated, name: "other", secretName: "media/own" });
    expect(error).toContain("belongs to another resource of this deployment");
    expect(await garage.keyIds("media")).toHaveLength(1);
    expect(await garage.keyIds("other")).toEqual([]);
    expect(await secrets.valueOf("media/s3")).toBe("of a person");
  });

  test("loses the second key that a dead process had left, and keeps its secret", async () => {
    const { outputs } = await apply(generated);
    await garage.copyKeyName("media");
    const { body } = await deployment.plan("key", generated);
    expect(body).toMatchObject({ action: "update", differences: [{ field: "store" }] });
    const again = await apply(generated);
    expect(again).toMatchObject({ outcome: "updated", outputs });
    expect(await garage.keyIds("media")).toEqual([outputs["accessKeyId"]]);
    expect((await apply(generated)).outcome).toBe("unchanged");
  });

  test("is kept by a destroy alone, without the second key", async () => {
    const { outputs } = await apply(generated);
    await garage.copyKeyName("media");
    expect((await deployment.destroy("key", { ...generated, deletion: "retain" })).outcome).toBe("retained");
    expect(await garage.keyIds("media")).toEqual([outputs["accessKeyId"]]);
  });

  test("is destroyed without a state together with its secret, also if a race had left a second one", async () => {
    await apply(generated);
    await garage.copyKeyName("media");
    expect((await deployment.destroy("key", generated)).outcome).toBe("deleted");
    expect(await garage.keyIds("media")).toEqual([]);
    expect(await secrets.snapshot()).toEqual([]);
  });

  test("is rejected if several unmarked keys have its name; the error lists them", async () => {
    const ids = [(await garage.makeKey("media")).id, (await garage.makeKey("media")).id];
    const { error } = await apply({ ...generated, adopt: true });
    expect(error).toContain("[garage.name.ambiguous]");
    for (const id of ids) expect(error).toContain(id);
  });
});

test("a disabled key gets 403 by S3, and works again when it is enabled", async () => {
  await garage.makeBucket("backups");
  await apply(imported);
  await garage.allowRead("backups", first.id);
  const status = () => statusOfList(garage.connection, credentials(first), "backups");
  expect(await status()).toBe(200);
  expect((await apply({ ...imported, disabled: true })).outcome).toBe("updated");
  expect(await status()).toBe(403);
  expect((await apply({ ...imported, disabled: false })).outcome).toBe("updated");
  expect(await status()).toBe(200);
});

test.each([
  [{ name: "media" }, "neither `imported` nor `store` is set"],
  [{ ...generated, imported: first.imported }, "`imported` and `store` are both set"],
  [{ name: "media", store: secrets.place }, "`store` is set without `secretName`"],
  [{ ...imported, secretName: "media/s3" }, "`secretName` is set without `store`"],
  [{ ...imported, name: "two\nlines" }, "`name` must be one line of printable characters"],
])("rejects inputs that contradict each other: %s", async (inputs, words) => {
  for (const { error } of [await apply(inputs), await deployment.plan("key", inputs)]) {
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(words);
  }
});

const withToken = (token: string): Deployment =>
  new Deployment(main, { ...garage.connection, token: { env: "ADMIN_TOKEN" } }, { ADMIN_TOKEN: token });

describe("an admin token", () => {
  const scopes = ["ListKeys", "GetKeyInfo", "ImportKey", "UpdateKey"];
  test("with the documented scopes is enough; with a scope too few, the error names it", async () => {
    const enough = await garage.makeToken("enough", scopes);
    expect((await withToken(enough.secret).create("key", { ...imported, allowCreateBucket: true })).outcome).toBe(
      "created",
    );
    const { error } = await withToken(enough.secret).destroy("key", imported);
    expect(error).toContain("[garage.token.scope]");
    expect(error).toContain('"enough" does not include DeleteKey');
    expect((await withToken(enough.secret).destroy("key", { ...imported, deletion: "retain" })).outcome).toBe(
      "retained",
    );
    const few = await garage.makeToken("few", scopes.slice(0, 2));
    first.renew();
    expect((await withToken(few.secret).create("key", { ...imported, name: "next" })).error).toContain(
      '"few" does not include ImportKey',
    );
  });

  test("that is wrong or expired gets another error than a missing scope", async () => {
    const old = await garage.makeToken("old", ["*"], "2020-01-01T00:00:00Z");
    // Garage has one answer for both.
    for (const token of ["0123456789ab.another-token", "another-token", old.secret]) {
      const { error } = await withToken(token).create("key", imported);
      expect(error).toContain("[garage.token.refused]");
      expect(error).toContain("it is wrong, or it has expired");
    }
  });
});
