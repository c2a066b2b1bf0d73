import { ProviderError, resolveSecret, Secret, somethingElse, type SecretRef } from "@nixops4-resources/protocol-core";
import type { PostgresReader } from "@nixops4-resources/protocol-postgres";
import { matchesVerifier, scramVerifier } from "@nixops4-resources/protocol-postgres/scram";
import { tryLogin } from "./trial-login.ts";

const passwordOf = (role: string, ref: SecretRef): Promise<Secret> =>
  resolveSecret(ref, `the password of role ${role}`);

/** The SCRAM verifier that PostgreSQL stores. It is a secret too, since it allows guessing the password offline. */
export async function verifierFor(role: string, ref: SecretRef): Promise<Secret> {
  const password = await passwordOf(role, ref);
  return new Secret(await scramVerifier(password.revealText()));
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
 * determined. A superuser compares the stored verifier; other accounts try to log in.
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
  const password = await passwordOf(role, wanted);
  if (stored !== undefined) return (await matchesVerifier(password.revealText(), stored)) ? wanted : somethingElse;
  if (isExpired) return undefined;
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
