import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "@nixops4-resources/protocol-core";
import { ask, type Finished } from "@nixops4-resources/protocol-core/testing";
import { encryptTo, openSecretWriter } from "@nixops4-resources/protocol-secrets";
import { makePerson, newSecret, newValue, type Person } from "@nixops4-resources/protocol-secrets/testing";
import { afterAll, beforeAll, expect, test } from "vitest";

// Every provider accepts references of the kinds `age` and `store`; this is the smallest bundle.
const main = join(import.meta.dirname, "../../providers/example/dist/main.cjs");
const canary = "canary-0f8fad5b-d9cb-469f-a165-70867728950e";
let alice: Person;
let folder: string;

beforeAll(async () => {
  alice = await makePerson();
  folder = mkdtempSync(join(tmpdir(), "nixops4-references-"));
});
afterAll(async () => {
  await alice[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** Creates a file whose header is signed with the key. */
const create = (key: Record<string, unknown>): Promise<Finished> =>
  ask(
    { main, environment: { NIXOPS4_RESOURCES_LOG: "debug" } },
    {
      createResourceRequest: {
        type: "file",
        inputProperties: { connection: { folder }, name: "motd", content: "Welcome.\n", key, managedBy: "shop" },
        isStateful: false,
      },
    },
  );

const signature = (): string => readFileSync(join(folder, "motd"), "utf8").split("\n")[1] ?? "";

function leaks({ stdout, stderr, commandLine }: Finished): boolean {
  return [stdout, stderr, commandLine ?? ""].some((text) => text.includes(canary) || text.includes("AGE-SECRET-KEY"));
}

test("resolves a key from an age file, and then each version from a store", async () => {
  const file = join(folder, ".key.age");
  writeFileSync(file, await encryptTo([alice.recipient], Buffer.from(canary)));
  const byAge = await create({ age: { file, identity: alice.identity } });
  expect(byAge.outcomes).toEqual(["created"]);
  expect(byAge.stderr).toContain(`"from":"age file ${file}"`);
  const signedByAge = signature();
  expect(signedByAge).toMatch(/^hmac-sha256: [0-9a-f]{64}$/);

  const directory = { folder, identity: alice.identity };
  const store = await openSecretWriter({ directory });
  await store.create(newSecret("shop/key", { value: new Secret(canary) }));
  const byStore = await create({ store: { name: "shop/key", version: 1, directory } });
  expect(byStore.outcomes).toEqual(["unchanged"]);
  expect(byStore.stderr).toContain('"secret":"shop/key","version":1,');
  expect(byStore.stderr).toContain('"purpose":"the key of file motd"');

  await store.addVersion("shop/key", 1, newValue({ value: new Secret(`${canary}-2`) }));
  const rotated = await create({ store: { name: "shop/key", version: 2, directory } });
  expect(rotated.outcomes).toEqual(["updated"]);
  expect(signature()).not.toBe(signedByAge);

  for (const finished of [byAge, byStore, rotated]) expect(leaks(finished)).toBe(false);
});

test("rejects a secret of another recipient with the reason, and writes nothing", async () => {
  await using bob = await makePerson();
  const refused = await create({
    store: { name: "shop/key", directory: { folder, identity: bob.identity } },
  });
  expect(refused.outcomes).toEqual(["failed"]);
  expect(JSON.stringify(refused.answers)).toContain(
    `the key of file motd cannot be read: secret shop/key in the folder ${folder} cannot be opened: it is not encrypted to this identity`,
  );
  expect(leaks(refused)).toBe(false);
});
