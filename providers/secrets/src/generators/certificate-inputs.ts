import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { keyAlgorithm } from "./key-pair.ts";

/** Inputs of every certificate and certificate request. */
const subjectInputs = () => ({
  commonName: option(z.string().check(z.minLength(1), z.maxLength(64)), "Common name of the subject (CN)."),
  algorithm: option(keyAlgorithm(), "Algorithm and size of the key.", "ecdsa-p256"),
});

export const signerInputs = (validDays: number) => ({
  ...subjectInputs(),
  validDays: option(
    z.int().check(z.minimum(1), z.maximum(36_500)),
    "Validity period in days. It is not renewed automatically: raise `generation` before `expiresAt`.",
    validDays,
  ),
});

/** Inputs of a certificate for a server or client. */
export const endEntityInputs = () => ({
  ...subjectInputs(),
  dnsNames: option(z.array(z.string().check(z.minLength(1))), "DNS names in the certificate.", []),
  ipAddresses: option(
    z.array(z.string().check(z.regex(/^[0-9A-Fa-f:.]+$/))),
    "IP addresses in the certificate, version 4 or 6.",
    [],
  ),
  usages: option(
    z.array(z.enum(["server", "client"])).check(z.minLength(1)),
    "Allowed uses of the certificate: by a server, by a client, or by both.",
    ["server"],
  ),
});
