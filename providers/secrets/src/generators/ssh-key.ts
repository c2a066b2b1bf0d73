import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator } from "./generator.ts";
import { keyAlgorithm, makePrivateKey } from "./key-pair.ts";

export const sshKey = defineGenerator({
  description:
    "A key pair for SSH. The value is the private key as OpenSSH writes it, without a passphrase; public part: `publicKey`, the line for `authorized_keys`.",
  inputs: () => ({
    algorithm: option(keyAlgorithm(), "Kind of the key, with its size where there is a choice.", "ed25519"),
    comment: option(z.string().check(z.regex(/^[^\n\r]*$/)), "Comment of the key, one line.", ""),
  }),
  async generate({ algorithm, comment }) {
    const { toOpenSsh } = await import("./openssh.ts");
    const { privateKey, publicKey } = toOpenSsh(await makePrivateKey(algorithm), comment);
    return { value: privateKey, public: { publicKey }, expiresAt: null };
  },
});
