import { createHmac, randomBytes } from "node:crypto";
import type { Secret } from "@nixops4-resources/protocol-core";

/**
 * A random key for the fingerprint of one version, stored with the value. It keeps short passwords from being guessed.
 */
export const makeFingerprintKey = (): Buffer => randomBytes(32);

/** 16 hex digits that reveal nothing about the value. */
export const fingerprintOf = (value: Secret, key: Uint8Array): string =>
  createHmac("sha256", key).update(value.revealBytes()).digest("hex").slice(0, 16);
