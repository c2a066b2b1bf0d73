import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import hostErrors from "./host/errors.ts";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
  "secrets.authority.invalid": {
    meaning:
      "The certificate or the key of the authority that is to sign cannot be read, or they do not belong together.",
    remedy:
      "Take `authority.key` and `authority.certificate` from the outputs of one secret of kind `certificateAuthority`.",
  },
  "secrets.generation.lowered": {
    meaning:
      "A lower `generation` is wanted than the one that made the value. A value that was replaced does not come back.",
    remedy: "Set the generation that is there, or a higher one to rotate the secret.",
  },
  "secrets.generator.changed": {
    meaning:
      "Another generator, or other inputs of it, are wanted than those that made the value, with the same `generation`.",
    remedy: "Raise `generation` to have a new value made, or take the change back to keep the value.",
  },
  "secrets.hostKey.none": {
    meaning:
      "The secret that is to be a host key was not made as one, or was brought in a form whose public half is unknown.",
    remedy: "Give another name, or import the private key as OpenSSH writes it, without a passphrase.",
  },
  "secrets.import.exists": {
    meaning: "A value is to be imported under a name that a secret has already.",
    remedy: "Give another name, or rotate the one that is there. An import replaces nothing.",
  },
  "secrets.name.unknown": {
    meaning: "The store has no secret of that name.",
    remedy: "See `nixops4-resources-secrets inventory` for those that are there.",
  },
  "secrets.rotate.impossible": {
    meaning:
      "The command line cannot make a new value: no generator made the current one, or it is made from another secret.",
    remedy: "Raise `generation` on its resource, or rotate what it is made from.",
  },
  "secrets.rotate.race": {
    meaning: "Somebody else gave the secret a new version while it was rotated. Nothing was written.",
    remedy: "See `nixops4-resources-secrets show NAME` whether that was the rotation that you wanted.",
  },
  "secrets.source.kind": {
    meaning: "A value is to be derived from a secret that lies in no store, so its versions are not known.",
    remedy: "Let `source` be the output `ref` of a resource of type `secret`.",
  },
  "secrets.source.long": {
    meaning: "A bcrypt hash is wanted of a secret that is longer than 72 bytes, of which bcrypt ignores the rest.",
    remedy: "Generate a shorter source, or take `argon2id`.",
  },
  "secrets.store.missing": {
    meaning: "A secret is to be kept, but the connection names no store.",
    remedy: "Set `connection.store`.",
  },
  ...hostErrors,
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
