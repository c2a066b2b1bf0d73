import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import hostErrors from "./host/errors.ts";

/** Errors of this provider. Errors common to all providers are in protocol-core. */
const errors = {
  "secrets.authority.invalid": {
    meaning: "The certificate or key of the signing authority cannot be read, or they do not belong together.",
    remedy:
      "Set `authority.key` and `authority.certificate` to outputs of the same secret of kind `certificateAuthority`.",
  },
  "secrets.generation.lowered": {
    meaning: "`generation` is lower than the generation of the current value. A replaced value cannot be brought back.",
    remedy: "Set the current generation, or a higher one to rotate the secret.",
  },
  "secrets.generator.changed": {
    meaning: "The generator or its inputs differ from those that created the value, but `generation` is the same.",
    remedy: "Raise `generation` to generate a new value, or undo the change to keep the current value.",
  },
  "secrets.hostKey.none": {
    meaning: "The secret of this name is not an SSH key, or was imported in a format whose public key is unknown.",
    remedy: "Use another name, or import the private key in OpenSSH's format, without a passphrase.",
  },
  "secrets.import.exists": {
    meaning: "The store already has a secret with the name of the import. An import replaces nothing.",
    remedy: "Use another name, or rotate the existing secret.",
  },
  "secrets.name.unknown": {
    meaning: "The store has no secret with that name.",
    remedy: "Run `nixops4-resources-secrets inventory` to see the existing secrets.",
  },
  "secrets.rotate.impossible": {
    meaning: "The command line cannot generate a new value: the current one was imported, or is derived from a source.",
    remedy: "Raise `generation` on its resource, or rotate its source.",
  },
  "secrets.rotate.race": {
    meaning: "Another process added a new version at the same time. Nothing was written.",
    remedy: "Run `nixops4-resources-secrets show NAME` to see whether the secret was rotated already.",
  },
  "secrets.source.kind": {
    meaning: "The source of a derived value is not in a store, so its versions are unknown.",
    remedy: "Set `source` to the output `ref` of a resource of type `secret`.",
  },
  "secrets.source.long": {
    meaning: "The source of a bcrypt hash is longer than 72 bytes. bcrypt would ignore the rest.",
    remedy: "Generate a shorter source, or use `argon2id`.",
  },
  "secrets.store.missing": {
    meaning: "The resource needs a secret store, but `connection.store` is not set.",
    remedy: "Set `connection.store.directory` or `connection.store.postgres`.",
  },
  "secrets.template.invalid": {
    meaning:
      "A file has neither a source nor a template, or both; or the template's text does not fit its secrets and format. Nothing was written.",
    remedy: "Set one of `source` and `template`; write `{{ name }}` for each name of `template.secrets`.",
  },
  ...hostErrors,
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
