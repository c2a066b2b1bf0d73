import { createHmac, randomBytes } from "node:crypto";
import type { Secret } from "@nixops4-resources/protocol-core";

/** A random key for the fingerprint of one version, to be kept with the value: without it a short password could be guessed. */
export const makeFingerprintKey = (): Buffer => randomBytes(32);

/** Tells whether two values are the same, and nothing about them: 16 hex digits. */
export const fingerprintOf = (value: Secret, key: Uint8Array): string =>
  createHmac("sha256", key).update(value.reveal()).digest("hex").slice(0, 16);
