import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** What can go wrong with encrypted secrets and their stores, beside what can go wrong with every reference. */
const errors = {
  ...postgresErrors,
  "secret.directory.denied": {
    meaning: "The user who runs nixops4 may not read or write in the folder of a secret store.",
    remedy: "Let that user own the folder and what is in it.",
  },
  "secret.directory.link": {
    meaning: "A file or folder in a secret store is a symbolic link. It could lead anywhere, so it is not followed.",
    remedy: "Put the file or folder itself there.",
  },
  "secret.directory.missing": {
    meaning:
      "The folder of a secret store does not exist. It is not made, since a wrong path would look like a new store.",
    remedy: "Make it with mode 0700, or name another one.",
  },
  "secret.directory.public": {
    meaning: "Others than its owner can look into the folder of a secret store, or it is in the Nix store.",
    remedy: "chmod 0700, also after git has made the folder anew; in the Nix store nothing is private.",
  },
  "secret.encrypted.damaged": {
    meaning: "Something encrypted is not what was once written: bytes were changed, or its end is missing.",
    remedy: "Put back the last good copy (git, backup). Nothing was read from it.",
  },
  "secret.encrypted.later": {
    meaning: "A later version of nixops4-resources wrote a secret in a format that this one does not know.",
    remedy: "Update, on every machine that uses the store.",
  },
  "secret.encrypted.moved": {
    meaning: "Something encrypted is whole, but was made for another place: a row or file that was copied.",
    remedy: "Put it back to its own place. To have the value under another name, make a secret of that name.",
  },
  "secret.identity.invalid": {
    meaning: "An identity is neither an age identity nor an OpenSSH or PEM private key without passphrase.",
    remedy: "Let the reference name a file as age-keygen or ssh-keygen writes it.",
  },
  "secret.identity.mismatch": {
    meaning: "The identity is good, but the secret was not encrypted to it.",
    remedy: "Use the identity of one of its recipients, or let one who has such an identity add this one as recipient.",
  },
  "secret.name.invalid": {
    meaning: "A secret in a store cannot have this name.",
    remedy: "Use words of A-Z a-z 0-9 . _ - joined by /, which do not begin with . or - nor end in .age.",
  },
  "secret.postgres.denied": {
    meaning: "The account of a store of secrets in PostgreSQL may not read from it, or not write to it.",
    remedy: "Make it a member of the role `<schema>_reader` or `<schema>_writer`.",
  },
  "secret.postgres.foreign": {
    meaning: "The schema that is to be a store of secrets holds something else, or a later version made it.",
    remedy: "Name another schema, or update nixops4-resources on every machine that uses the store.",
  },
  "secret.postgres.missing": {
    meaning: "There is no store of secrets in the database yet, and the account may not make it.",
    remedy: "Let an account with CREATEROLE, and CREATE on the database, write to it first.",
  },
  "secret.recipient.invalid": {
    meaning: "A recipient is not `age1...`, nor an SSH public key of type ssh-ed25519 or ssh-rsa.",
    remedy: "Give the line that `age-keygen -y` prints, or the one of an SSH key's .pub file.",
  },
  "secret.sops.failed": {
    meaning: "The program sops ended with an error: it cannot decrypt the file, or there is no such value in it.",
    remedy: "Run the command of the hint by hand as the user who runs nixops4; what sops says is on stderr.",
  },
  "secret.sops.missing": {
    meaning: "A secret reference names a file of sops, and there is no program sops on PATH.",
    remedy: "Put sops on the PATH of nixops4 (nixpkgs has it), or use a reference of another kind.",
  },
  "secret.store.missing": {
    meaning: "The store has no secret of this name.",
    remedy: "Declare a resource `secret` of this name and apply, or correct the name.",
  },
  "secret.version.expired": {
    meaning:
      "A reference names the previous version of a secret, and the time in which it could still be read is over.",
    remedy: "Apply: who takes the output `ref` of the secret gets the current version.",
  },
  "secret.version.missing": {
    meaning: "A reference names a version that a secret never had, or that was replaced more than once.",
    remedy: "Take the version from the output `ref` of the secret.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
