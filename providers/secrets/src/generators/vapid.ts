import { defineGenerator } from "./generator.ts";

export const vapid = defineGenerator({
  description:
    "Key pair for Web Push (VAPID). The value is the private number on P-256 in base64url, 32 bytes. Public part: `publicKey`, the uncompressed point in base64url, 65 bytes.",
  inputs: () => ({}),
  async generate() {
    const { generateKeyPairSync } = await import("node:crypto");
    // A JSON Web Key pads each number to its full length. Source: RFC 7518, section 6.2; the point: RFC 8292, section
    // 3.2.
    const {
      d = "",
      x = "",
      y = "",
    } = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({
      format: "jwk",
    });
    const point = Buffer.concat([Buffer.from([4]), Buffer.from(x, "base64url"), Buffer.from(y, "base64url")]);
    return { value: d, public: { publicKey: point.toString("base64url") }, expiresAt: null };
  },
});
