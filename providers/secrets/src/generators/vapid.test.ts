import { createECDH } from "node:crypto";
import { expect, test } from "vitest";
import { generate } from "../testing/generate.ts";
import { vapid } from "./vapid.ts";

test("gives a private key of 32 bytes, with the public point that OpenSSL computes", async () => {
  const made = await Promise.all(Array.from({ length: 20 }, () => generate(vapid, {})));
  for (const { value, public: parts } of made) {
    const key = Buffer.from(value, "base64url");
    expect(key).toHaveLength(32);
    const pair = createECDH("prime256v1");
    pair.setPrivateKey(key);
    expect(parts["publicKey"]).toBe(pair.getPublicKey("base64url", "uncompressed"));
    expect(pair.getPublicKey()).toHaveLength(65);
  }
});
