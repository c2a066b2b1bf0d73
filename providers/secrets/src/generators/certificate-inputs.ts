import { option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { keyAlgorithm } from "./key-pair.ts";

/** What every certificate and request for one has. */
const subjectInputs = () => ({
  commonName: option(z.string().check(z.minLength(1), z.maxLength(64)), "Common name of the subject (CN)."),
  algorithm: option(keyAlgorithm(), "Kind of its key, with its size where there is a choice.", "ecdsa-p256"),
});

export const signerInputs = (validDays: number) => ({
  ...subjectInputs(),
  validDays: option(
    z.int().check(z.minimum(1), z.maximum(36_500)),
    "How long it is valid, in days. It is not renewed by itself: raise `generation` before `expiresAt`.",
    validDays,
  ),
});

/** What the certificate of a server or client has, signed by whomever. */
export const endEntityInputs = () => ({
  ...subjectInputs(),
  dnsNames: option(z.array(z.string().check(z.minLength(1))), "DNS names that it is for.", []),
  ipAddresses: option(
    z.array(z.string().check(z.regex(/^[0-9A-Fa-f:.]+$/))),
    "IP addresses that it is for, version 4 or 6.",
    [],
  ),
  usages: option(
    z.array(z.enum(["server", "client"])).check(z.minLength(1)),
    "Whether it is shown by a server, by a client, or by both.",
    ["server"],
  ),
});
