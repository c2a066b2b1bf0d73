import { defineGenerator } from "./generator.ts";

export const age = defineGenerator({
  description:
    "age identity (X25519), as `age-keygen` creates it: `AGE-SECRET-KEY-1...`. Public part: `recipient` (`age1...`).",
  inputs: () => ({}),
  async generate() {
    const { generateX25519Identity, identityToRecipient } = await import("age-encryption");
    const identity = await generateX25519Identity();
    return { value: identity, public: { recipient: await identityToRecipient(identity) }, expiresAt: null };
  },
});
