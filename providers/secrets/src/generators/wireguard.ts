import { defineGenerator } from "./generator.ts";

export const wireguard = defineGenerator({
  description: "WireGuard key pair, as `wg genkey` creates it. Public part: `publicKey`.",
  inputs: () => ({}),
  async generate() {
    const { createPublicKey, generateKeyPairSync } = await import("node:crypto");
    const { privateKey } = generateKeyPairSync("x25519");
    const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" });
    return {
      value: clamped(Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url")).toString("base64"),
      public: { publicKey: Buffer.from(x, "base64url").toString("base64") },
      expiresAt: null,
    };
  },
});

/**
 * X25519 accepts any 32 bytes and clamps them itself, but some readers of keys expect clamped keys. Source: RFC 7748,
 * section 5.
 */
function clamped(key: Buffer): Buffer {
  const last = key.length - 1;
  key.writeUInt8(key.readUInt8(0) & 0b1111_1000, 0);
  key.writeUInt8((key.readUInt8(last) & 0b0111_1111) | 0b0100_0000, last);
  return key;
}
