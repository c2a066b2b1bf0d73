import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/** A password that cannot be read back: any bytes, also none. */
export interface PasswordHash {
  readonly salt: Buffer;
  readonly digest: Buffer;
}

/** Fast on purpose: the tests set many passwords, and nothing is stored. */
export function hashPassword(password: Buffer, salt: Buffer = randomBytes(16)): PasswordHash {
  return { salt, digest: createHash("sha256").update(salt).update(password).digest() };
}

export const isPassword = (hash: PasswordHash, password: Buffer): boolean =>
  timingSafeEqual(hash.digest, hashPassword(password, hash.salt).digest);
