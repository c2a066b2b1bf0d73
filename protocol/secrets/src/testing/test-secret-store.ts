import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { AlreadyExists, MarkChanged, Secret } from "@nixops4-resources/protocol-core";
import { byteSamples } from "@nixops4-resources/protocol-core/testing";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openSecretWriter, type StorePlace } from "../open-store.ts";
import type { ExpectedMark, SecretReader, SecretWriter } from "../store.ts";
import { testKeptSecrets } from "./kept-secrets.ts";
import { newSecret, newValue } from "./new-secret.ts";
import { makePerson, type Person } from "./person.ts";

/** An empty store for one test. */
export interface StoreUnderTest extends AsyncDisposable {
  /** The location of the store, with the person's identity. */
  placeFor(person: Pick<Person, "identity">): StorePlace;
  /** All stored data as text: it would show a value in clear, and changes with every write. */
  kept(): Promise<string>;
}

/** Tests the promises of store.ts. `make` may skip the test. */
export function testSecretStore(subject: string, make: () => Promise<StoreUnderTest>): void {
  describe(subject, () => {
    let under: StoreUnderTest;
    let alice: Person;
    let bob: Person;
    let store: SecretWriter;
    const opened: SecretReader[] = [];
    const openFor = async (person: Person): Promise<SecretWriter> => {
      const writer = await openSecretWriter(under.placeFor(person));
      opened.push(writer);
      return writer;
    };

    beforeEach(async () => {
      under = await make();
      [alice, bob] = await Promise.all([makePerson(), makePerson()]);
      store = await openFor(alice);
    });
    afterEach(async () => {
      vi.unstubAllEnvs();
      for (const each of [...opened.splice(0), under, alice, bob]) await each[Symbol.asyncDispose]();
    });

    testKeptSecrets(() => under.placeFor(alice));

    test("finds no secret before one is created", async () => {
      expect(await store.look("shop/db")).toBeUndefined();
      expect(await store.list()).toEqual([]);
      await expect(store.reveal("shop/db", null, "a test")).rejects.toMatchObject({ code: "secret.store.missing" });
      await expect(store.addVersion("shop/db", 1, newValue())).rejects.toMatchObject({ code: "secret.store.missing" });
      await expect(store.change("shop/db", { mark: null })).rejects.toMatchObject({ code: "secret.store.missing" });
    });

    test.each(Object.entries(byteSamples))("keeps %s unchanged", async (_name, bytes) => {
      await store.create(newSecret("a", { value: new Secret(bytes) }));
      await store.addVersion("a", 1, newValue({ value: new Secret(Uint8Array.from(bytes).toReversed()) }));
      const [first, second] = [await store.reveal("a", 1, "a test"), await store.reveal("a", null, "a test")];
      expect(first.value.revealBytes().toString("hex")).toBe(bytes.toString("hex"));
      expect(Buffer.from(second.value.revealBytes().toReversed()).toString("hex")).toBe(bytes.toString("hex"));
      expect(await under.kept()).not.toContain(bytes.toString("base64"));
    });

    test("returns a created secret, and its value only on `reveal`", async () => {
      const value = "päss-wörd\n with\ttwo lines and a canary";
      const expiresAt = "2036-01-01T00:00:00.000Z";
      const secret = newSecret("shop/db-1", { value: new Secret(value), expiresAt, generation: 7 });
      const before = Date.now();
      await store.create(secret);
      const seen = await store.look("shop/db-1");
      expect(seen).toEqual({
        name: "shop/db-1",
        mark: secret.mark,
        specification: secret.specification,
        recipients: [],
        encryptedTo: [alice.recipient],
        graceSeconds: 3600,
        current: {
          version: 1,
          id: expect.stringMatching(/^[0-9a-f]{32}$/),
          generation: 7,
          fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
          public: secret.public,
          createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          expiresAt,
        },
        previous: null,
      });
      expect(Math.abs(Date.parse(seen?.current.createdAt ?? "") - before)).toBeLessThan(60_000);
      expect(JSON.stringify(await store.list())).not.toContain("canary");
      expect(await store.reveal("shop/db-1", null, "a test")).toMatchObject({ version: 1 });
      expect(await current(store, "shop/db-1")).toBe(value);
      expect(await under.kept()).not.toContain("canary");
    });

    test("returns a long value unchanged", async () => {
      const value = "0123456789\n".repeat(20_000);
      await store.create(newSecret("certificate", { value: new Secret(value) }));
      expect(await current(store, "certificate")).toBe(value);
    });

    test("rejects a second secret of the same name", async () => {
      const first = newSecret("a");
      await store.create(first);
      await expect(store.create(newSecret("a"))).rejects.toBeInstanceOf(AlreadyExists);
      expect(await current(store, "a")).toBe(first.value.revealText());
      await store.create(newSecret("a/a"));
      expect((await store.list()).map(({ name }) => name)).toEqual(["a", "a/a"]);
    });

    test("yields one value when twenty processes create the same secret at once", { timeout: 120_000 }, async () => {
      const results = await race(20, under.placeFor(alice), "raced");
      expect(results.filter(({ created }) => created)).toHaveLength(1);
      expect(new Set(results.map(({ value }) => value)).size).toBe(1);
      expect(results.find(({ created }) => created)?.value).toBe(await current(store, "raced"));
    });

    test("writes nothing on a lookup", async () => {
      await store.create(newSecret("a"));
      const kept = await under.kept();
      await store.look("a");
      await store.look("b");
      await store.list();
      expect(await under.kept()).toBe(kept);
    });

    test("keeps the previous value readable for the grace period after a rotation", async () => {
      const [first, second] = [newSecret("a"), newValue({ generation: 2, specification: { hex: { bytes: 16 } } })];
      await store.create(first);
      expect(await store.addVersion("a", 1, second)).toBe(true);
      expect(await store.look("a")).toMatchObject({
        mark: first.mark,
        specification: second.specification,
        current: { version: 2, generation: 2 },
        previous: { version: 1, generation: 1 },
      });
      expect(await current(store, "a")).toBe(second.value.revealText());
      expect((await store.reveal("a", 2, "a test")).value.revealText()).toBe(second.value.revealText());
      expect((await store.reveal("a", 1, "a test")).value.revealText()).toBe(first.value.revealText());
      await expect(store.reveal("a", 3, "a test")).rejects.toMatchObject({ code: "secret.version.missing" });

      await store.change("a", { graceSeconds: 0 });
      await expect(store.reveal("a", 1, "a test")).rejects.toMatchObject({
        code: "secret.version.expired",
        message: expect.stringContaining("version 1 of secret a was replaced by version 2"),
      });
      await store.change("a", { graceSeconds: 3600 });
      expect(await store.addVersion("a", 2, newValue({ generation: 3 }))).toBe(true);
      await expect(store.reveal("a", 1, "a test")).rejects.toMatchObject({ code: "secret.version.missing" });
    });

    test("reveals a version only under its own random id", async () => {
      await store.create(newSecret("a"));
      await store.addVersion("a", 1, newValue());
      const { current: second, previous: first } = (await store.look("a")) ?? {};
      const [old, now] = [first?.id ?? "", second?.id ?? ""];
      expect(old).not.toBe(now);
      await store.reveal("a", 1, "a test", old);
      await store.reveal("a", 2, "a test", now);
      await store.reveal("a", 2, "a test", null);
      for (const [version, id] of [
        [1, now],
        [2, old],
        [3, now],
        [null, old],
      ] as const) {
        await expect(store.reveal("a", version, "a test", id)).rejects.toMatchObject({
          code: "secret.version.missing",
          hint: expect.stringContaining("raise its `generation`"),
        });
      }
      await store.change("a", { graceSeconds: 0 });
      await expect(store.reveal("a", 1, "a test", old)).rejects.toMatchObject({
        code: "secret.version.expired",
        hint: expect.stringContaining("raise its `generation`"),
      });
    });

    test("accepts one of several concurrent rotations, and writes nothing for the others", async () => {
      await store.create(newSecret("a"));
      const writers = await Promise.all(Array.from({ length: 5 }, () => openFor(alice)));
      const added = await Promise.all(
        writers.map((writer, index) => writer.addVersion("a", 1, newValue({ value: new Secret(`value ${index}`) }))),
      );
      expect(added.filter(Boolean)).toHaveLength(1);
      expect(await current(store, "a")).toBe(`value ${added.indexOf(true)}`);
      expect((await store.look("a"))?.current.version).toBe(2);
      const kept = await under.kept();
      expect(await store.addVersion("a", 1, newValue())).toBe(false);
      expect(await under.kept()).toBe(kept);
    });

    test("gives equal values of two secrets different fingerprints", async () => {
      const value = new Secret("short");
      await store.create(newSecret("a", { value }));
      await store.create(newSecret("b", { value }));
      const [a, b] = await store.list();
      expect(a?.current.fingerprint).not.toBe(b?.current.fingerprint);
    });

    test("sets, changes and removes the mark without a new value", async () => {
      const secret = newSecret("a", { mark: undefined });
      await store.create(secret);
      const { current: made } = (await store.look("a")) ?? {};
      expect(await store.look("a")).toMatchObject({ mark: undefined });
      const adopted = { managedBy: "other", type: "secret", adopted: true } as const;
      await store.change("a", { mark: adopted });
      expect(await store.look("a")).toMatchObject({ mark: adopted, current: made });
      await store.change("a", { mark: null });
      expect((await store.look("a"))?.mark).toBeUndefined();
      expect(await current(store, "a")).toBe(secret.value.revealText());
    });

    describe("with an expected mark", () => {
      const [ours, theirs] = [
        { managedBy: "shop", type: "secret" },
        { managedBy: "other", type: "secret" },
      ] as const;
      const writes: Record<string, (expected: ExpectedMark) => Promise<unknown>> = {
        remove: (expected) => store.remove("a", expected),
        change: (expected) => store.change("a", { mark: ours }, expected),
        "add a version": (expected) => store.addVersion("a", 1, newValue(), expected),
      };

      test.each(Object.entries(writes))("does not %s if another deployment took the secret over", async (_, write) => {
        const secret = newSecret("a", { mark: ours });
        await store.create(secret);
        // The other deployment acts after our look.
        const { mark } = (await store.look("a")) ?? {};
        await (await openFor(alice)).change("a", { mark: theirs }, { mark });
        const kept = await under.kept();
        await expect(write({ mark })).rejects.toBeInstanceOf(MarkChanged);
        await expect(write({ mark: undefined })).rejects.toBeInstanceOf(MarkChanged);
        expect(await under.kept()).toBe(kept);
        expect(await store.look("a")).toMatchObject({ mark: theirs });
        expect(await current(store, "a")).toBe(secret.value.revealText());
        await write({ mark: theirs });
      });

      test("reports a removed secret as changed, but removes it again without complaint", async () => {
        await store.create(newSecret("a", { mark: ours }));
        await store.remove("a", { mark: ours });
        const { remove, ...others } = writes;
        for (const write of Object.values(others))
          await expect(write({ mark: ours })).rejects.toBeInstanceOf(MarkChanged);
        await remove?.({ mark: ours });
      });

      test("lets one of two adoptions succeed, and one of an adoption and a removal", async () => {
        const other = await openFor(alice);
        for (let round = 0; round < 5; round++) {
          await store.create(newSecret("a", { mark: undefined }));
          const adoptions = [
            store.change("a", { mark: ours }, { mark: undefined }),
            other.change("a", { mark: theirs }, { mark: undefined }),
          ];
          expect(await outcomes(adoptions)).toEqual(["done", "mark changed"]);
          const { mark } = (await store.look("a")) ?? {};
          const taken = { ...theirs, adopted: true } as const;
          const pair = [store.remove("a", { mark }), other.change("a", { mark: taken }, { mark })];
          const [removed] = await Promise.allSettled(pair);
          expect(await outcomes(pair)).toEqual(["done", "mark changed"]);
          const left = await store.look("a");
          expect(left?.mark).toEqual(removed?.status === "fulfilled" ? undefined : taken);
          await store.remove("a");
        }
      });
    });

    test("rejects an identity that is no recipient, with the reason", async () => {
      await store.create(newSecret("a"));
      await store.create(newSecret("b", { recipients: [bob.recipient] }));
      const bobs = await openFor(bob);
      for (const refused of [
        () => bobs.look("a"),
        () => bobs.reveal("a", null, "a test"),
        () => bobs.addVersion("a", 1, newValue()),
        () => bobs.change("a", { graceSeconds: 1 }),
      ]) {
        await expect(refused()).rejects.toMatchObject({
          code: "secret.identity.mismatch",
          message: expect.stringContaining("secret a"),
        });
      }
      vi.stubEnv("NIXOPS4_RESOURCES_LOG", "error");
      expect((await bobs.list()).map(({ name }) => name)).toEqual(["b"]);
      expect(await current(bobs, "b")).toBe(await current(store, "b"));
    });

    test("re-encrypts all versions to changed recipients, and to nobody else", async () => {
      const [first, second] = [newSecret("a", { recipients: [bob.recipient] }), newValue({ generation: 2 })];
      await store.create(first);
      await store.addVersion("a", 1, second);
      const bobs = await openFor(bob);
      expect((await bobs.reveal("a", 1, "a test")).value.revealText()).toBe(first.value.revealText());
      const before = await store.look("a");
      expect(before?.encryptedTo).toEqual([bob.recipient, alice.recipient]);

      // Alice lost her machine: Bob replaces her with Carol.
      await using carol = await makePerson();
      await bobs.change("a", { recipients: [carol.recipient] });
      const carols = await openFor(carol);
      expect(await carols.look("a")).toEqual({
        ...before,
        recipients: [carol.recipient],
        encryptedTo: [carol.recipient, bob.recipient],
      });
      expect(await current(carols, "a")).toBe(second.value.revealText());
      expect((await carols.reveal("a", 1, "a test")).value.revealText()).toBe(first.value.revealText());
      await expect(store.look("a")).rejects.toMatchObject({ code: "secret.identity.mismatch" });
      await expect(store.reveal("a", 1, "a test")).rejects.toMatchObject({ code: "secret.identity.mismatch" });
    });

    test("keeps the recipients on other changes", async () => {
      await store.create(newSecret("a", { recipients: [bob.recipient] }));
      const bobs = await openFor(bob);
      await bobs.change("a", { graceSeconds: 1 });
      await bobs.addVersion("a", 1, newValue());
      expect(await store.look("a")).toMatchObject({ encryptedTo: [bob.recipient, alice.recipient], graceSeconds: 1 });
    });

    test("changes nothing if a recipient is invalid", async () => {
      await store.create(newSecret("a"));
      const kept = await under.kept();
      await expect(store.change("a", { recipients: ["age1nobody"] })).rejects.toMatchObject({
        code: "secret.recipient.invalid",
      });
      await expect(store.create(newSecret("b", { recipients: ["bob"] }))).rejects.toMatchObject({
        code: "secret.recipient.invalid",
      });
      expect(await under.kept()).toBe(kept);
    });

    test("frees the name of a removed secret", async () => {
      await store.create(newSecret("a"));
      await store.remove("a");
      await store.remove("a");
      expect(await store.look("a")).toBeUndefined();
      expect(await store.list()).toEqual([]);
      await expect(store.reveal("a", null, "a test")).rejects.toMatchObject({ code: "secret.store.missing" });
      const again = newSecret("a");
      await store.create(again);
      expect(await current(store, "a")).toBe(again.value.revealText());
    });

    test.each([
      "",
      "/etc/passwd",
      "../a",
      "a/../b",
      "a//b",
      "a/",
      ".a",
      "-a",
      "a b",
      "a\0",
      "ä",
      "a".repeat(201),
      "a.age",
    ])("rejects the name %j in every method", async (name) => {
      const kept = await under.kept();
      for (const refused of [
        () => store.look(name),
        () => store.reveal(name, null, "a test"),
        () => store.create(newSecret(name)),
        () => store.addVersion(name, 1, newValue()),
        () => store.change(name, { mark: null }),
        () => store.remove(name),
      ]) {
        await expect(refused()).rejects.toMatchObject({ code: "secret.name.invalid" });
      }
      expect(await under.kept()).toBe(kept);
    });
  });
}

const current = async (of: SecretReader, name: string): Promise<string> =>
  (await of.reveal(name, null, "a test")).value.revealBytes().toString();

/** Sorted, since either may be first. */
async function outcomes(works: readonly Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(works);
  return results
    .map((result) => {
      if (result.status === "fulfilled") return "done";
      return result.reason instanceof MarkChanged ? "mark changed" : String(result.reason);
    })
    .sort();
}

interface Raced {
  created: boolean;
  value: string;
}

/** Starts processes that open the store first and then create the secret at the same time. */
async function race(count: number, place: StorePlace, name: string): Promise<Raced[]> {
  const program = join(import.meta.dirname, "get-or-create.ts");
  // To strip the types of all sources costs each process more than anything that it does here.
  const env = { ...process.env, NODE_COMPILE_CACHE: join(import.meta.dirname, "../../node_modules/.compile-cache") };
  const processes = Array.from({ length: count }, () => fork(program, [JSON.stringify(place), name], { env }));
  await Promise.all(processes.map((child) => once(child, "message")));
  const results = processes.map(async (child) => {
    const [result]: Raced[] = await once(child, "message");
    if (result === undefined) throw new Error("The process sent no result.");
    return result;
  });
  for (const child of processes) child.send("go");
  return await Promise.all(results);
}
