import { generateKeyPairSync } from "node:crypto";
import { Secret } from "@nixops4-resources/protocol-core";
import { generateX25519Identity } from "age-encryption";
import { expect, test } from "vitest";
import { decryptWith, encryptTo, recipientsOf } from "./age.ts";

const identity = async (): Promise<Secret> => new Secret(await generateX25519Identity());
const recipient = async (of: Secret): Promise<string> => (await recipientsOf(of))[0] ?? "";
const text = async (of: Secret, ciphertext: Uint8Array): Promise<string> =>
  Buffer.from(await decryptWith(of, ciphertext)).toString();
const pem = (type: "ed25519" | "rsa"): Secret => {
  const { privateKey } =
    type === "rsa" ? generateKeyPairSync(type, { modulusLength: 2048 }) : generateKeyPairSync(type);
  return new Secret(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
};

test("decrypts with each recipient's identity, binary and armored", async () => {
  const keys = [await identity(), await identity(), pem("ed25519"), pem("rsa")];
  const recipients = await Promise.all(keys.map(recipient));
  expect(recipients.map((line) => line.slice(0, 5))).toEqual([
    "age1" + recipients[0]?.[4],
    "age1" + recipients[1]?.[4],
    "ssh-e",
    "ssh-r",
  ]);
  for (const form of ["binary", "armored"] as const) {
    const encrypted = await encryptTo(recipients, Buffer.from("päss\n"), form);
    expect(Buffer.from(encrypted).toString().startsWith("-----BEGIN AGE")).toBe(form === "armored");
    for (const key of keys) expect(await text(key, encrypted)).toBe("päss\n");
  }
});

test("accepts an identity file with comments and several keys", async () => {
  const [old, now] = [await identity(), await identity()];
  const both = new Secret(
    `# created: 2026-11-25\n# public key: age1...\n${old.revealText()}\r\n\n  ${now.revealText()}\n`,
  );
  expect(await recipientsOf(both)).toEqual([await recipient(old), await recipient(now)]);
  for (const key of [old, now]) {
    expect(await text(both, await encryptTo([await recipient(key)], Buffer.from("x")))).toBe("x");
  }
});

test.each(["ed25519", "rsa"] as const)(
  "reports a mismatch for the wrong %s key and the wrong age key",
  async (type) => {
    const encrypted = await encryptTo(
      [await recipient(await identity()), await recipient(pem(type))],
      Buffer.from("x"),
    );
    for (const wrong of [await identity(), pem(type)]) {
      await expect(decryptWith(wrong, encrypted)).rejects.toMatchObject({ code: "secret.identity.mismatch" });
    }
  },
);

test("detects each changed byte and a truncated file", async () => {
  const key = await identity();
  const good = await encryptTo([await recipient(key)], Buffer.from("hunter2-hunter2"));
  const header = Buffer.from(good).indexOf("---");
  for (let at = 0; at < good.length; at += at < header ? 7 : 1) {
    const bad = Uint8Array.from(good);
    bad[at] = (bad[at] ?? 0) ^ 1;
    // A changed stanza may look like one for another recipient.
    await expect(decryptWith(key, bad), `byte ${at}`).rejects.toMatchObject({
      code: expect.stringMatching(at < header ? /^secret\.(encrypted\.damaged|identity\.mismatch)$/ : /damaged$/),
    });
  }
  for (const length of [0, 30, good.length - 1]) {
    await expect(decryptWith(key, good.subarray(0, length))).rejects.toMatchObject({
      code: "secret.encrypted.damaged",
    });
  }
});

test.each([
  ["an empty file", "\n# only a comment\n", /no key/],
  ["a word", "hunter2hunter2", /neither/],
  ["half a key", "AGE-SECRET-KEY-1QQQSYQCYQ5RQ", /neither/],
  ["a recipient", "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq", /neither/],
  ["an identity of a plugin", "AGE-PLUGIN-YUBIKEY-1Q8JYQQG", /it belongs to the age plugin yubikey,/],
  ["a broken PEM", "-----BEGIN PRIVATE KEY-----\nhunter2hunter2\n-----END PRIVATE KEY-----\n", /OpenSSL/],
  [
    "an encrypted PEM",
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIF\n-----END ENCRYPTED PRIVATE KEY-----\n",
    /passphrase/,
  ],
])("rejects %s as identity, without quoting it", async (_name, given, why) => {
  const refused: unknown = await decryptWith(new Secret(given), Buffer.from("x")).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "secret.identity.invalid", message: expect.stringMatching(why) });
  expect(String(refused)).not.toContain(given.split("\n")[1] ?? given);
});

test("rejects a key of a type that age does not support", async () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = new Secret(privateKey.export({ format: "pem", type: "pkcs8" }).toString());
  await expect(recipientsOf(key)).rejects.toMatchObject({ message: expect.stringContaining("its type is P-256") });
});

test.each([
  ["an empty list", []],
  ["half an age recipient", ["age1qyqszqgpqyqszqg"]],
  ["a word", ["ops"]],
  ["an ECDSA key", ["ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTY="]],
  [
    "an SSH key with another type inside",
    ["ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"],
  ],
  ["half an SSH key", ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAA"]],
])("rejects %s as recipient", async (_name, recipients) => {
  await expect(encryptTo(recipients, Buffer.from("x"))).rejects.toMatchObject({ code: "secret.recipient.invalid" });
});

test.each([
  ["age1yubikey1q2w7u3vpya839jxxuq8g0sedh3d740d4xvn639sqhr95ejj8vu3hyfumptt", "yubikey"],
  ["age1fido2-hmac1qqpn4nj0", "fido2-hmac"],
])("rejects the recipient %s with the name of its plugin", async (given, plugin) => {
  await expect(encryptTo([given], Buffer.from("x"))).rejects.toMatchObject({
    code: "secret.recipient.invalid",
    message: `\`${given}\` is a recipient of the age plugin ${plugin}, and plugins work only with age's own program`,
  });
});

test("does not quote a private key given as recipient", async () => {
  const key = await identity();
  const refused: unknown = await encryptTo([key.revealText()], Buffer.from("x")).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "secret.recipient.invalid" });
  expect(String(refused)).not.toContain(key.revealText());
});
