import { ProviderError, resolveSecret, Secret, somethingElse, type SecretRef } from "@nixops4-resources/protocol-core";
import type { PostgresReader } from "@nixops4-resources/protocol-postgres";
import { isVerifier, matchesVerifier, scramVerifier } from "@nixops4-resources/protocol-postgres/scram";
import type { ErrorCode } from "../errors.ts";
import { tryLogin } from "./trial-login.ts";

const passwordOf = (role: string, ref: SecretRef): Promise<Secret> =>
  resolveSecret(ref, `the password of role ${role}`);

/** The secret, unless it is a hash that would become a password by being hashed again. A SCRAM verifier is accepted. */
async function passwordOrVerifier(role: string, ref: SecretRef): Promise<Secret> {
  const secret = await passwordOf(role, ref);
  const text = secret.revealText();
  if (/^md5[0-9a-f]{32}$/.test(text)) throw notAccepted(role, "is an MD5 hash, which does not protect the password");
  if (text.startsWith("SCRAM-SHA-256$") && !isVerifier(text))
    throw notAccepted(role, "begins like a SCRAM verifier, but is not a complete one");
  return secret;
}

function notAccepted(role: string, why: string): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`the password of role ${role} ${why}`, {
    code: "postgres.role.verifier",
    hint: "Store the password itself, or its whole verifier: SCRAM-SHA-256$<iterations>:<salt>$<StoredKey>:<ServerKey>",
  });
}

/** The SCRAM verifier that PostgreSQL stores. It is a secret too, since it allows guessing the password offline. */
export async function verifierFor(role: string, ref: SecretRef): Promise<Secret> {
  const text = (await passwordOrVerifier(role, ref)).revealText();
  return new Secret(isVerifier(text) ? text : await scramVerifier(text));
}

export interface PasswordQuestion {
  readonly role: string;
  readonly wanted: SecretRef | null;
  /** The previously applied input; undefined if unknown. */
  readonly previous: SecretRef | null | undefined;
  /** The stored verifier. Null if the role has none, undefined if only a superuser could read it. */
  readonly stored: string | null | undefined;
  /** Whether the password has expired. PostgreSQL then rejects every login, with the right password too. */
  readonly isExpired: boolean;
}

/**
 * The password in the shape of its input: the wanted reference, `somethingElse`, or undefined if it cannot be
 * determined. A superuser compares the stored verifier; other accounts try to log in, for which a verifier is no help.
 */
export async function seenPassword(
  client: PostgresReader,
  { role, wanted, previous, stored, isExpired }: PasswordQuestion,
): Promise<SecretRef | null | typeof somethingElse | undefined> {
  if (wanted === null) {
    if (stored !== undefined) return stored === null ? null : somethingElse;
    // The account cannot see whether a password is stored, but it can try the one that was declared before.
    return previous && (await isStillSet(client, role, previous)) ? previous : undefined;
  }
  if (stored === null) return null;
  const password = await passwordOrVerifier(role, wanted);
  const text = password.revealText();
  if (stored !== undefined) {
    const isStored = isVerifier(text) ? text === stored : await matchesVerifier(text, stored);
    return isStored ? wanted : somethingElse;
  }
  if (isExpired || isVerifier(text)) return undefined;
  const verdict = await tryLogin(client, role, password);
  if (verdict === "unknown") return undefined;
  return verdict === "right" ? wanted : somethingElse;
}

async function isStillSet(client: PostgresReader, role: string, previous: SecretRef): Promise<boolean> {
  try {
    return (await tryLogin(client, role, await passwordOf(role, previous))) === "right";
  } catch (error) {
    // The file may have been removed together with the input.
    if (error instanceof ProviderError && error.code.startsWith("secret.")) return false;
    throw error;
  }
}
