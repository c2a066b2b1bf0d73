import { directSecretRef, option, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** Where secrets are kept in a folder of age files, and the key that opens them. */
export const directoryStore = z.strictObject({
  folder: option(
    withExample(runtimePath, "/srv/secrets"),
    "Folder that holds one age file per secret. It must exist, and only its owner may look into it (mode 0700).",
  ),
  identity: option(
    directSecretRef,
    "Key that opens the secrets: an age identity, or an SSH private key (ed25519 or RSA) without a passphrase.",
  ),
});

export type DirectoryStore = z.output<typeof directoryStore>;
