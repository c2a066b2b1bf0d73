import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** Errors of encrypted secrets and their stores. Errors common to all references are in protocol-core. */
const errors = {
  ...postgresErrors,
  "secret.directory.denied": {
    meaning: "The user who runs nixops4 has no permission to read or write in the folder of a secret store.",
    remedy: "Make that user the owner of the folder and its files.",
  },
  "secret.directory.failed": {
    meaning:
      "The file system of a secret store reports a failure: it is full, a file of a secret is a folder or a FIFO, or too many files are open.",
    remedy: "Follow the hint, then apply again. A change is written completely or not at all.",
  },
  "secret.directory.link": {
    meaning:
      "A file or folder in a secret store is a symbolic link. A store does not follow links, since they could lead anywhere.",
    remedy: "Replace the link with the file or folder itself.",
  },
  "secret.directory.missing": {
    meaning:
      "The folder of a secret store does not exist. It is not created automatically, since a wrong path would look like a new store.",
    remedy: "Create it with mode 0700, or set another path.",
  },
  "secret.directory.owner": {
    meaning:
      "Another user owns the folder of a secret store, or can replace it. That user could replace the secrets in it.",
    remedy:
      "Make the user who runs nixops4 the owner. The folders above it must belong to root or that user, and nobody else may be able to write in them.",
  },
  "secret.directory.public": {
    meaning: "Users other than the owner can access the folder of a secret store, or it is in the Nix store.",
    remedy:
      "Run chmod 0700 on the folder, also after each git clone. Move it out of the Nix store, where nothing is private.",
  },
  "secret.encrypted.damaged": {
    meaning: "Encrypted data differs from what was written: bytes were changed, or the end is missing.",
    remedy: "Restore the last good copy (git, backup). No part of the damaged data was used.",
  },
  "secret.encrypted.later": {
    meaning: "A later version of nixops4-resources wrote a secret in a format that this one does not know.",
    remedy: "Update nixops4-resources on every machine that uses the store.",
  },
  "secret.encrypted.moved": {
    meaning: "Encrypted data is intact but belongs elsewhere: a row or file was copied or moved.",
    remedy: "Move it back to its own place. To use the value under another name, create a secret of that name.",
  },
  "secret.identity.invalid": {
    meaning:
      "An identity is neither an age identity nor an OpenSSH or PEM private key without a passphrase, or it belongs to an age plugin.",
    remedy:
      "Refer to a file written by age-keygen or ssh-keygen. With the identity of a plugin, such as a YubiKey, let `{ command }` run age.",
  },
  "secret.identity.mismatch": {
    meaning: "The identity is valid, but the secret is not encrypted to it.",
    remedy:
      "Use the identity of one of the recipients, or ask the owner of such an identity to add this one as a recipient.",
  },
  "secret.name.invalid": {
    meaning: "This is not a valid name for a secret in a store.",
    remedy: "Use words of A-Z a-z 0-9 . _ - joined by /. No word may begin with . or -, or end in .age.",
  },
  "secret.postgres.denied": {
    meaning: "The PostgreSQL account has no permission to read from a secret store, or to write to it.",
    remedy: "Grant it the role `<schema>_reader` or `<schema>_writer`.",
  },
  "secret.postgres.foreign": {
    meaning: "The schema of a secret store contains something else, or was created by a later version.",
    remedy: "Set another schema, or update nixops4-resources on every machine that uses the store.",
  },
  "secret.postgres.missing": {
    meaning: "The database has no secret store yet, and the account has no permission to create one.",
    remedy: "Write to the store once with an account that has CREATEROLE, and CREATE on the database.",
  },
  "secret.recipient.invalid": {
    meaning:
      "A recipient is neither `age1...` nor an SSH public key of type ssh-ed25519 or ssh-rsa, or it belongs to an age plugin.",
    remedy: "Use the line that `age-keygen -y` prints, or the line in an SSH key's .pub file.",
  },
  "secret.sops.failed": {
    meaning: "The program sops failed: it cannot decrypt the file, or the file has no such value or element.",
    remedy: "Run the command in the hint as the user who runs nixops4, and read what sops prints on stderr.",
  },
  "secret.sops.missing": {
    meaning: "A secret reference uses sops, but the program sops is not on PATH.",
    remedy: "Add sops to the PATH of nixops4 (nixpkgs has it), or use another kind of reference.",
  },
  "secret.store.missing": {
    meaning: "The store has no secret with this name.",
    remedy: "Declare a resource `secret` with this name and apply, or correct the name.",
  },
  "secret.store.taken": {
    meaning:
      "The store has a secret of this name that belongs to something else: another deployment, another resource, or a person. It was not changed.",
    remedy: "Choose a name that is free, or remove the other secret first.",
  },
  "secret.version.expired": {
    meaning: "A reference names the previous version of a secret, and its grace period is over.",
    remedy:
      "Apply: resources that use the output `ref` of the secret then get the current version. If the secret's resource has a state, NixOps4 skips it: raise its `generation` first, or run `nixops4-resources-state forget` for it.",
  },
  "secret.version.missing": {
    meaning:
      "A reference names a version that a secret does not have: it was replaced more than once, or the store was restored from a backup and has another value under that number.",
    remedy:
      "Apply: resources that use the output `ref` of the secret then get the current version. If the secret's resource has a state, NixOps4 skips it: raise its `generation` first, or run `nixops4-resources-state forget` for it.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
