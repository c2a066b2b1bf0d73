import { defineGenerator } from "./generator.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";

/** Most bytes of one string of a TXT record. Source: RFC 1035, section 3.3 */
const longestString = 255;

export const dkim = defineGenerator({
  description:
    "A key that signs mail (DKIM), RSA of 2048 bits in PEM. Public parts: `txt`, the value of the TXT record in one piece, and the same cut where DNS needs it, as `txt1` and `txt2`.",
  inputs: () => ({}),
  async generate() {
    const { createPublicKey } = await import("node:crypto");
    const key = await makePrivateKey("rsa-2048");
    const der = createPublicKey(key).export({ type: "spki", format: "der" });
    // Source: RFC 6376, section 3.6.1. Spaces would only make it longer.
    const txt = `v=DKIM1; k=rsa; p=${der.toString("base64")}`;
    return {
      value: privatePem(key),
      public: { txt, txt1: txt.slice(0, longestString), txt2: txt.slice(longestString) },
      expiresAt: null,
    };
  },
});
