import { directSecretRef, option, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** The location of a store in a folder of age files, and the key that decrypts it. */
export const directoryStore = z.strictObject({
  folder: option(
    withExample(runtimePath, "/srv/secrets"),
    "Folder with one age file per secret. It must exist and be accessible only to its owner (mode 0700).",
  ),
  identity: option(
    directSecretRef,
    "Key that decrypts the secrets: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase.",
  ),
});

export type DirectoryStore = z.output<typeof directoryStore>;
