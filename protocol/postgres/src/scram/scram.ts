import { randomBytes, timingSafeEqual } from "node:crypto";
import { deriveKey, hmacSha256, sha256 } from "./pg-crypto.ts";

/** PostgreSQL's default. https://www.postgresql.org/docs/18/runtime-config-connection.html#GUC-SCRAM-ITERATIONS */
const defaultIterations = 4096;

/**
 * The verifier that PostgreSQL stores for a password. The server accepts a verifier in place of a password, so the
 * password reaches neither the server nor its log. Format: `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`,
 * RFC 5803.
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const { storedKey, serverKey } = await deriveKeys(await saslprep(password), salt, defaultIterations);
  const [saltText, storedText, serverText] = [salt, storedKey, serverKey].map((bytes) => bytes.toString("base64"));
  return `SCRAM-SHA-256$${defaultIterations}:${saltText}$${storedText}:${serverText}`;
}

/** Whether the stored verifier belongs to the password. An MD5 hash never matches, since it is weaker than SCRAM. */
export async function matchesVerifier(password: string, stored: string): Promise<boolean> {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(stored);
  if (parts === null) return false;
  const [, iterations = "", salt = "", storedText = "", serverText = ""] = parts;
  const { storedKey, serverKey } = await deriveKeys(
    await saslprep(password),
    Buffer.from(salt, "base64"),
    Number(iterations),
  );
  return isEqualKey(storedKey, storedText) && isEqualKey(serverKey, serverText);
}

async function deriveKeys(
  password: string,
  salt: Buffer,
  iterations: number,
): Promise<{ storedKey: Buffer; serverKey: Buffer }> {
  const salted = await deriveKey(password, salt, iterations);
  return { storedKey: sha256(hmacSha256(salted, "Client Key")), serverKey: hmacSha256(salted, "Server Key") };
}

function isEqualKey(key: Buffer, text: string): boolean {
  const stored = Buffer.from(text, "base64");
  return stored.length === key.length && timingSafeEqual(stored, key);
}

/**
 * Normalizes a password as PostgreSQL and libpq do. The tables are large and rarely needed, so they are loaded on
 * demand.
 */
export async function saslprep(password: string): Promise<string> {
  if (/^[\0-\x7f]*$/.test(password)) return password;
  const { prepare } = await import("./saslprep.ts");
  return prepare(password);
}
