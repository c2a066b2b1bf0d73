// The cryptography of `pg`, which the bundles contain in place of pg/lib/crypto/utils.js (see tsup.config.ts). pg calls
// WebCrypto, whose classes alone cost a fifth of the start of a process.
import { createHash, createHmac, pbkdf2, randomBytes } from "node:crypto";
import { promisify } from "node:util";

const deriveBits = promisify(pbkdf2);

export { randomBytes };

/** SaltedPassword of RFC 5802, computed in the thread pool. */
export const deriveKey = async (password: string, salt: Uint8Array, iterations: number): Promise<Buffer> =>
  await deriveBits(password, salt, iterations, 32, "sha256");

export const hmacSha256 = (key: Uint8Array, text: string): Buffer => createHmac("sha256", key).update(text).digest();

export const sha256 = (data: string | Uint8Array): Buffer => hashByName("SHA-256", data);

/** `name` is a name of WebCrypto, such as SHA-384. */
export const hashByName = (name: string, data: string | Uint8Array): Buffer =>
  createHash(name.replace(/^SHA-/, "sha")).update(data).digest();

/** https://www.postgresql.org/docs/18/protocol-flow.html, AuthenticationMD5Password */
export function postgresMd5PasswordHash(user: string, password: string, salt: Uint8Array): string {
  return `md5${md5(Buffer.concat([Buffer.from(md5(password + user)), salt]))}`;
}

const md5 = (data: string | Uint8Array): string => createHash("md5").update(data).digest("hex");
