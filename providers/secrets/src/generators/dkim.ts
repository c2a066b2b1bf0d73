import { defineGenerator } from "./generator.ts";
import { makePrivateKey, privatePem } from "./key-pair.ts";

/** Maximum length of one string in a TXT record, in bytes. Source: RFC 1035, section 3.3 */
const longestString = 255;

export const dkim = defineGenerator({
  description:
    "Key that signs mail (DKIM), RSA with 2048 bits in PEM. Public parts: `txt`, the value of the TXT record, and `txt1` and `txt2`, the same value split into strings that DNS allows.",
  inputs: () => ({}),
  async generate() {
    const { createPublicKey } = await import("node:crypto");
    const key = await makePrivateKey("rsa-2048");
    const der = createPublicKey(key).export({ type: "spki", format: "der" });
    // Source: RFC 6376, section 3.6.1.
    const txt = `v=DKIM1; k=rsa; p=${der.toString("base64")}`;
    return {
      value: privatePem(key),
      public: { txt, txt1: txt.slice(0, longestString), txt2: txt.slice(longestString) },
      expiresAt: null,
    };
  },
});
