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
  const verifier = parseVerifier(stored);
  if (verifier === undefined) return false;
  const { storedKey, serverKey } = await deriveKeys(await saslprep(password), verifier.salt, verifier.iterations);
  return timingSafeEqual(storedKey, verifier.storedKey) && timingSafeEqual(serverKey, verifier.serverKey);
}

/** Whether PostgreSQL stores the text as it is when it is given in place of a password. */
export const isVerifier = (text: string): boolean => parseVerifier(text) !== undefined;

interface Verifier extends Keys {
  iterations: number;
  salt: Buffer;
}

/** https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/libpq/auth-scram.c (parse_scram_secret) */
function parseVerifier(text: string): Verifier | undefined {
  const parts = /^SCRAM-SHA-256\$([1-9]\d{0,9}):([^$:]+)\$([^$:]+):([^$:]+)$/.exec(text);
  if (parts === null) return undefined;
  const iterations = Number(parts[1]);
  const [salt, storedKey, serverKey] = parts.slice(2).map((part) => bytesOf(part));
  if (iterations > largestIterations || salt === undefined) return undefined;
  return storedKey?.length === keyBytes && serverKey?.length === keyBytes
    ? { iterations, salt, storedKey, serverKey }
    : undefined;
}

/** The type `int` of the server. */
const largestIterations = 2_147_483_647;
/** Length of a SHA-256 hash. */
const keyBytes = 32;

/** Undefined if the text is not canonical base64. */
function bytesOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

interface Keys {
  storedKey: Buffer;
  serverKey: Buffer;
}

async function deriveKeys(password: string, salt: Buffer, iterations: number): Promise<Keys> {
  const salted = await deriveKey(password, salt, iterations);
  return { storedKey: sha256(hmacSha256(salted, "Client Key")), serverKey: hmacSha256(salted, "Server Key") };
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
