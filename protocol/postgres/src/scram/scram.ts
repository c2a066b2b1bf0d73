import { createHash, createHmac, pbkdf2Sync, randomBytes, timingSafeEqual } from "node:crypto";

/** PostgreSQL's own number; https://www.postgresql.org/docs/18/runtime-config-connection.html#GUC-SCRAM-ITERATIONS */
const defaultIterations = 4096;

/**
 * What PostgreSQL stores of a password, made here: the server takes it as it is, so the password itself reaches neither
 * the server nor its log. `SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>`, RFC 5803.
 */
export async function scramVerifier(password: string, salt: Buffer = randomBytes(16)): Promise<string> {
  const { storedKey, serverKey } = deriveKeys(await saslprep(password), salt, defaultIterations);
  const [saltText, storedText, serverText] = [salt, storedKey, serverKey].map((bytes) => bytes.toString("base64"));
  return `SCRAM-SHA-256$${defaultIterations}:${saltText}$${storedText}:${serverText}`;
}

/** Whether what PostgreSQL has stored is of this password. An MD5 hash never is: it is weaker than what we make. */
export async function matchesVerifier(password: string, stored: string): Promise<boolean> {
  const parts = /^SCRAM-SHA-256\$(\d+):([^$]+)\$([^:]+):(.+)$/.exec(stored);
  if (parts === null) return false;
  const [, iterations = "", salt = "", storedText = "", serverText = ""] = parts;
  const { storedKey, serverKey } = deriveKeys(
    await saslprep(password),
    Buffer.from(salt, "base64"),
    Number(iterations),
  );
  return isSame(storedKey, storedText) && isSame(serverKey, serverText);
}

function deriveKeys(password: string, salt: Buffer, iterations: number): { storedKey: Buffer; serverKey: Buffer } {
  const salted = pbkdf2Sync(password, salt, iterations, 32, "sha256");
  return {
    storedKey: createHash("sha256").update(hmac(salted, "Client Key")).digest(),
    serverKey: hmac(salted, "Server Key"),
  };
}

const hmac = (key: Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

function isSame(key: Buffer, text: string): boolean {
  const stored = Buffer.from(text, "base64");
  return stored.length === key.length && timingSafeEqual(stored, key);
}

/** The password in the form in which PostgreSQL and libpq take it. Its tables are large, and almost none needs them. */
export async function saslprep(password: string): Promise<string> {
  if (/^[\0-\x7f]*$/.test(password)) return password;
  const { prepare } = await import("./saslprep.ts");
  return prepare(password);
}
