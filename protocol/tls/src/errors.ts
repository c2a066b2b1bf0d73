import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** Errors of every connection over TLS. A package that connects over TLS includes them in its own errors.ts. */
const errors = {
  "tls.failed": {
    meaning:
      "The TLS handshake failed: the authority, name or validity of the server's certificate was rejected, or the server rejected ours. No credential was sent.",
    remedy: "Follow the hint. Do not disable verification to get past this error.",
  },
  "tls.file": {
    meaning: "A certificate file that the connection names cannot be read, or contains no certificate in PEM.",
    remedy: "Create the file, and make it readable for the user who runs nixops4.",
  },
  "tls.pin": {
    meaning: "The server's certificate matches none of the pins in the connection. No credential was sent.",
    remedy:
      "If the certificate was replaced on purpose, add its pin. Otherwise find out what answers at this address before you apply again.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
