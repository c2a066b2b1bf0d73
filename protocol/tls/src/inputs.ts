import { option, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";

/** File with authorities, for a connection whose other TLS inputs are its own. */
export const authoritiesFile = option(
  z.nullable(runtimePath),
  "PEM file with the certificate authorities that may sign the server's certificate. Null trusts the well-known authorities.",
  null,
);

/** A certificate's SHA-256 fingerprint as openssl prints it, or the hash of its public key as curl takes it. */
const pin = z.string().check(z.regex(/^([0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}|sha256\/\/[A-Za-z0-9+/]{43}=)$/));

/** How the server is recognized. Built on first use, since building types is a large part of a start. */
export const tlsInputs = z.lazy(() =>
  z.strictObject({
    caFile: authoritiesFile,
    pins: option(
      withExample(z.array(pin), ["sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="]),
      "Pins of the server's certificate. One of them must match before a credential is sent. A pin is the certificate's SHA-256 fingerprint (`openssl x509 -noout -fingerprint -sha256`), or `sha256//` and the SHA-256 hash of its public key in Base64 (as curl's `--pinnedpubkey`). With pins and without `caFile`, the pins alone decide: authority, name and validity are not checked. An empty list compares no pin.",
      [],
    ),
  }),
);

export type TlsInputs = z.output<typeof tlsInputs>;
