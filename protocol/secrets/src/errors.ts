import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** What can go wrong with encrypted secrets, beside what can go wrong with every reference. */
const errors = {
  "secret.encrypted.damaged": {
    meaning: "Something encrypted is not what was once written: bytes were changed, or its end is missing.",
    remedy: "Put back the last good copy (git, backup). Nothing was read from it.",
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
  "secret.recipient.invalid": {
    meaning: "A recipient is not `age1...`, nor an SSH public key of type ssh-ed25519 or ssh-rsa.",
    remedy: "Give the line that `age-keygen -y` prints, or the one of an SSH key's .pub file.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
