import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Secret, secretRef, type StoreRef } from "@nixops4-resources/protocol-core";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import sources from "@nixops4-resources/protocol-secrets/sources";
import { newSecret } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { DirectoryBackend } from "../testing/directory-backend.ts";

const main = join(import.meta.dirname, "../../dist/main.cjs");
const backend = await DirectoryBackend.make();
const deployment = new Deployment(main, backend.connection);
beforeEach(() => backend.reset());
afterAll(() => backend[Symbol.asyncDispose]());

const password = { name: "shop/db", generator: { password: { length: 20 } } };
const apply = (inputs: Message) => deployment.create("secret", inputs);
const valueOf = (name: string, version: number | null = null): Promise<string> => backend.valueOf(name, version);

describe("a higher generation", () => {
  test("creates a new value and reference, and keeps the old value readable", async () => {
    const first = await apply(password);
    const old = await valueOf("shop/db");
    expect(first.outputs).toMatchObject({ version: 1, ref: { store: { name: "shop/db", version: 1 } } });

    const planned = await deployment.plan("secret", { ...password, generation: 2 });
    expect(planned.body).toMatchObject({ action: "update", differences: [{ field: "generation" }] });
    const second = await apply({ ...password, generation: 2 });
    expect(second.outcome).toBe("updated");
    expect(second.outputs).toMatchObject({ version: 2, ref: { store: { name: "shop/db", version: 2 } } });
    expect(second.outputs["fingerprint"]).not.toBe(first.outputs["fingerprint"]);
    expect(await valueOf("shop/db")).not.toBe(old);
    expect(await valueOf("shop/db", 1)).toBe(old);
    // With the inputs from a state.
    const same = await deployment.update("secret", password, { ...password, generation: 2 });
    expect([same.outcome, same.outputs]).toEqual(["unchanged", second.outputs]);
  });

  test("makes the old value unreadable without a grace period", async () => {
    await apply({ ...password, graceSeconds: 0 });
    await apply({ ...password, graceSeconds: 0, generation: 2 });
    await expect(valueOf("shop/db", 1)).rejects.toMatchObject({ code: "secret.version.expired" });
  });

  test("allows another generator", async () => {
    await apply(password);
    const { outcome } = await apply({ ...password, generation: 2, generator: { hex: { sizeBytes: 16 } } });
    expect(outcome).toBe("updated");
    expect(await valueOf("shop/db")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("yields one value for five concurrent processes", async () => {
    await apply(password);
    const all = await Promise.all(Array.from({ length: 5 }, () => apply({ ...password, generation: 2 })));
    for (const { error, outputs } of all) {
      expect(error).toBeUndefined();
      expect(outputs).toEqual(all[0]?.outputs);
    }
    expect(all[0]?.outputs["version"]).toBe(2);
  });
});

describe("rejects a change of the value as a side effect", () => {
  const refused: [string, Message, string][] = [
    ["another length", { generator: { password: { length: 21 } } }, "secrets.generator.changed"],
    ["another kind", { generator: { uuid: {} } }, "secrets.generator.changed"],
    ["a lowered generation", { generation: 2 }, "secrets.generation.lowered"],
  ];
  test.each(refused)("%s", async (_, change, code) => {
    const inputs = { ...password, generation: 3 };
    await apply(inputs);
    const value = await valueOf("shop/db");
    const wanted = { ...inputs, ...change };
    const before = await backend.writes();
    for (const reply of [await apply(wanted), await deployment.update("secret", inputs, wanted)]) {
      expect(reply.error).toContain(`[${code}] Unable to update secret shop/db: `);
      expect(reply.error).toMatch(/Hint: Set `generation = \d`/);
    }
    const plan = await deployment.plan("secret", wanted);
    expect(plan.body).toMatchObject({ action: "refuse", reason: expect.stringContaining("`generation = ") });
    expect(await backend.writes()).toEqual(before);
    expect(await valueOf("shop/db")).toBe(value);
    expect((await deployment.destroy("secret", wanted)).outcome, "a rejected declaration can be destroyed").toBe(
      "deleted",
    );
  });
});

test("reports no change if a later version adds an input with a default", async () => {
  const mark = { managedBy: "shop", type: "secret" };
  const old = newSecret("shop/db", { mark, graceSeconds: 86_400, specification: { password: { length: 20 } } });
  await backend.byHand((store) => store.create(old));
  expect((await apply(password)).outcome).toBe("unchanged");
});

test("understands the former name of an input, in the store and in a state", async () => {
  const [source, mark] = [{ env: "HOME" }, { managedBy: "shop", type: "secret" }];
  const former = { name: "shop/copy", generator: { copy: { from: source } } };
  const specification = former.generator;
  await backend.byHand((store) => store.create(newSecret("shop/copy", { mark, graceSeconds: 86_400, specification })));
  expect((await apply(former)).error).toContain("there is no input `generator.copy.from`");
  const present = { name: "shop/copy", generator: { copy: { source } } };
  expect((await deployment.update("secret", former, present)).outcome).toBe("unchanged");
  expect((await deployment.destroy("secret", former)).outcome).toBe("deleted");
});

test("keeps an imported value until `generation` is raised", async () => {
  const imported = newSecret("shop/db", { mark: undefined, value: new Secret("imported"), specification: {} });
  await backend.byHand((store) => store.create(imported));
  expect((await apply({ ...password, adopt: true })).outcome).toBe("adopted");
  expect(await valueOf("shop/db")).toBe("imported");
  expect((await apply({ ...password, generator: { uuid: {} } })).error).toBeUndefined();
  expect(await valueOf("shop/db")).toBe("imported");
  await apply({ ...password, generation: 2 });
  expect(await valueOf("shop/db")).toHaveLength(20);
});

const derived = (ref: unknown, more: Message = {}) => ({
  name: "shop/admin-hash",
  generator: { bcrypt: { cost: 4, source: ref } },
  ...more,
});

describe("a derived value", () => {
  const source = { name: "shop/admin", generator: { password: {} } };

  test("is kept while its source is unchanged, and follows a new version automatically", async () => {
    const { outputs: first } = await apply(source);
    const made = await apply(derived(first["ref"]));
    const hash = await valueOf("shop/admin-hash");
    const again = await apply(derived(first["ref"]));
    expect([again.outcome, again.outputs]).toEqual(["unchanged", made.outputs]);
    expect(await valueOf("shop/admin-hash")).toBe(hash);

    const { outputs: second } = await apply({ ...source, generation: 2 });
    const planned = await deployment.plan("secret", derived(second["ref"]));
    expect(planned.body).toMatchObject({ action: "update", differences: [{ field: "generator" }] });
    expect((await apply(derived(second["ref"]))).outputs).toMatchObject({ version: 2 });
    const newer = await valueOf("shop/admin-hash");
    expect(newer).not.toBe(hash);
    expect((await apply(derived(second["ref"]))).outcome).toBe("unchanged");
  });

  test("follows a reference without a version to the current version", async () => {
    const ref = { store: { ...backend.connection.store, name: "shop/admin" } };
    await apply(source);
    await apply(derived(ref));
    await apply({ ...source, generation: 2 });
    expect((await apply(derived(ref))).outputs).toMatchObject({ version: 2 });
    expect((await apply(derived(ref))).outcome).toBe("unchanged");
  });

  test("follows a source that was destroyed and created again", async () => {
    const { outputs } = await apply(source);
    await apply(derived(outputs["ref"]));
    await deployment.destroy("secret", source);
    const { outputs: again } = await apply(source);
    expect((await apply(derived(outputs["ref"]))).outcome, "the old reference names no value").toBe("unchanged");
    expect((await apply(derived(again["ref"]))).outputs).toMatchObject({ version: 2 });
  });

  test("rejects other changes, a missing source and a source in no store", async () => {
    const { outputs } = await apply(source);
    await apply(derived(outputs["ref"]));
    const costlier = { generator: { bcrypt: { cost: 5, source: outputs["ref"] } } };
    expect((await apply(derived(outputs["ref"], costlier))).error).toContain("[secrets.generator.changed]");
    const nowhere = { store: { ...backend.connection.store, name: "shop/nobody" } };
    const lost = await apply(derived(nowhere, { name: "shop/other" }));
    expect(lost.error).toContain("[secret.store.missing] Unable to create secret shop/other");
    const direct = await apply(derived({ env: "HOME" }, { name: "shop/other" }));
    expect(direct.error).toContain("[secrets.source.kind]");
  });

  test("is destroyed after its source", async () => {
    const { outputs } = await apply(source);
    await apply(derived(outputs["ref"]));
    await deployment.destroy("secret", source);
    expect((await deployment.destroy("secret", derived(outputs["ref"]))).outcome).toBe("deleted");
  });
});

test("renews a certificate when its authority changes", async () => {
  const authority = { name: "ca", generator: { certificateAuthority: { commonName: "CA" } } };
  const server = async (outputs: Message) => {
    const { certificate } = Object(outputs["public"]);
    const inputs = { authority: { key: outputs["ref"], certificate }, commonName: "shop.example" };
    return apply({ name: "web", generator: { certificate: inputs } });
  };
  const { outputs: first } = await apply(authority);
  expect((await server(first)).outputs).toMatchObject({ version: 1 });
  expect((await server(first)).outcome).toBe("unchanged");
  const { outputs: second } = await apply({ ...authority, generation: 2 });
  expect((await server(second)).outputs).toMatchObject({ version: 2 });
});

test("outputs another reference for another value after a backup was restored", async () => {
  const { folder } = backend.connection.store.directory;
  await apply(password);
  const backup = readFileSync(join(folder, "shop/db.age"));
  const lost = await apply({ ...password, generation: 2 });
  writeFileSync(join(folder, "shop/db.age"), backup);
  await expect(sources.read(refIn(lost.outputs), "a test")).rejects.toMatchObject({ code: "secret.version.missing" });
  const again = await apply({ ...password, generation: 3 });
  expect(again.outputs["version"]).toBe(lost.outputs["version"]);
  expect(again.outputs["ref"]).not.toEqual(lost.outputs["ref"]);
  expect((await sources.read(refIn(again.outputs), "a test")).secret.revealText()).toBe(await valueOf("shop/db"));
  await expect(sources.read(refIn(lost.outputs), "a test")).rejects.toMatchObject({
    code: "secret.version.missing",
    message: expect.stringContaining("the store was restored from a backup"),
  });
});

test("outputs a reference that every provider resolves, by version", async () => {
  const first = await apply(password);
  const value = await valueOf("shop/db");
  await apply({ ...password, generation: 2 });
  const { secret } = await sources.read(refIn(first.outputs), "a test");
  expect(secret.revealText()).toBe(value);
});

function refIn({ ref }: Message): StoreRef {
  const parsed = secretRef.parse(ref);
  if (!("store" in parsed)) throw new Error("not a reference to a store");
  return parsed;
}
