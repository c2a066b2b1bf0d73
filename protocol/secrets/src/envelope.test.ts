import { Secret } from "@nixops4-resources/protocol-core";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { beforeAll, expect, test } from "vitest";
import { DataKey } from "./envelope.ts";

const value = Buffer.from("hunter2-hunter2");
let alice: { identity: Secret; recipient: string };
let bob: typeof alice;

beforeAll(async () => {
  [alice, bob] = [await person(), await person()];
});

async function person(): Promise<typeof alice> {
  const identity = await generateX25519Identity();
  return { identity: new Secret(identity), recipient: await identityToRecipient(identity) };
}

test("opens sealed data with the key unwrapped by any recipient", async () => {
  const key = await DataKey.make([alice.recipient, bob.recipient]);
  const sealed = key.seal(value, "secret shop/db version 3");
  expect(sealed.includes(value)).toBe(false);
  for (const { identity } of [alice, bob]) {
    const unwrapped = await DataKey.unwrap(key.wrapped, identity);
    expect(unwrapped.open(sealed, "secret shop/db version 3")).toEqual(value);
  }
});

test("seals the same text differently each time", async () => {
  const key = await DataKey.make([alice.recipient]);
  expect(key.seal(value, "x")).not.toEqual(key.seal(value, "x"));
  expect(key.open(key.seal(Buffer.alloc(0), ""), "")).toEqual(Buffer.alloc(0));
});

test("detects each changed byte and each truncation", async () => {
  const key = await DataKey.make([alice.recipient]);
  const sealed = key.seal(value, "state 7");
  for (let at = 0; at < sealed.length; at++) {
    const bad = Buffer.from(sealed);
    bad[at] = (bad[at] ?? 0) ^ 1;
    expect(() => key.open(bad, "state 7"), `byte ${at}`).toThrow(
      expect.objectContaining({ code: "secret.encrypted.damaged" }),
    );
    expect(() => key.open(sealed.subarray(0, at), "state 7"), `cut at ${at}`).toThrow(
      expect.objectContaining({ code: "secret.encrypted.damaged" }),
    );
  }
});

test("rejects data in another place, and names its own place", async () => {
  const key = await DataKey.make([alice.recipient]);
  expect(() => key.open(key.seal(value, "secret a version 1"), "secret b version 1")).toThrow(
    expect.objectContaining({
      code: "secret.encrypted.moved",
      message: "it was encrypted as secret a version 1, but was found in the place of secret b version 1",
    }),
  );
});

test("detects overwritten associated data", async () => {
  const key = await DataKey.make([alice.recipient]);
  const sealed = key.seal(value, "secret a version 1");
  sealed.write("secret b version 1", 15);
  expect(() => key.open(sealed, "secret b version 1")).toThrow(
    expect.objectContaining({ code: "secret.encrypted.damaged" }),
  );
});

test("distinguishes a wrong identity, a damaged key and another key", async () => {
  const key = await DataKey.make([alice.recipient]);
  await expect(DataKey.unwrap(key.wrapped, bob.identity)).rejects.toMatchObject({ code: "secret.identity.mismatch" });
  await expect(DataKey.unwrap(key.wrapped.subarray(1), alice.identity)).rejects.toMatchObject({
    code: "secret.encrypted.damaged",
  });
  const other = await DataKey.make([alice.recipient]);
  expect(() => other.open(key.seal(value, "x"), "x")).toThrow(
    expect.objectContaining({ message: expect.stringContaining("another key") }),
  );
});

test("lets only the new recipients open the data after a rewrap", async () => {
  const key = await DataKey.make([alice.recipient]);
  const sealed = key.seal(value, "x");
  const wrapped = await key.rewrap([bob.recipient]);
  expect((await DataKey.unwrap(wrapped, bob.identity)).open(sealed, "x")).toEqual(value);
  await expect(DataKey.unwrap(wrapped, alice.identity)).rejects.toMatchObject({ code: "secret.identity.mismatch" });
});
