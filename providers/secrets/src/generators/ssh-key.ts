import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { defineGenerator } from "./generator.ts";
import { keyAlgorithm, makePrivateKey } from "./key-pair.ts";

export const sshKey = defineGenerator({
  description:
    "SSH key pair. The value is the private key in OpenSSH's format, without a passphrase. Public part: `publicKey`, the line for `authorized_keys`.",
  inputs: () => ({
    algorithm: option(keyAlgorithm(), "Algorithm and size of the key.", "ed25519"),
    comment: option(z.string().check(z.regex(/^[^\n\r]*$/)), "Comment of the key, one line.", ""),
  }),
  async generate({ algorithm, comment }) {
    const { toOpenSsh } = await import("./openssh.ts");
    const { privateKey, publicKey } = toOpenSsh(await makePrivateKey(algorithm), comment);
    return { value: privateKey, public: { publicKey }, expiresAt: null };
  },
});
