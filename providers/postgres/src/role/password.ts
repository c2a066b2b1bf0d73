import { ProviderError, resolveSecret, Secret, somethingElse, type SecretRef } from "@nixops4-resources/protocol-core";
import type { PostgresReader } from "@nixops4-resources/protocol-postgres";
import { matchesVerifier, scramVerifier } from "@nixops4-resources/protocol-postgres/scram";
import { tryLogin } from "./trial-login.ts";

const passwordOf = (role: string, ref: SecretRef): Promise<Secret> =>
  resolveSecret(ref, `the password of role ${role}`);

/** What is stored in place of the password; a Secret too, since who has it can guess offline. */
export async function verifierFor(role: string, ref: SecretRef): Promise<Secret> {
  const password = await passwordOf(role, ref);
  return new Secret(await scramVerifier(password.reveal()));
}

export interface PasswordQuestion {
  readonly role: string;
  readonly wanted: SecretRef | null;
  /** What was applied before, where that is known. */
  readonly previous: SecretRef | null | undefined;
  /** What the server has stored, null for none; undefined where only a superuser could see it. */
  readonly stored: string | null | undefined;
  /** Whether it is past its time: then it lets nobody in, right or wrong. */
  readonly isExpired: boolean;
}

/**
 * The password in the shape of its input: as wanted, something else, or undefined where it cannot be told. A superuser sees
 * the stored verifier; others try to log in.
 */
export async function seenPassword(
  client: PostgresReader,
  { role, wanted, previous, stored, isExpired }: PasswordQuestion,
): Promise<SecretRef | null | typeof somethingElse | undefined> {
  if (wanted === null) {
    if (stored !== undefined) return stored === null ? null : somethingElse;
    // Whether there is one cannot be seen; but the one that was set before and is not wanted any more is to go.
    return previous && (await isStillSet(client, role, previous)) ? previous : undefined;
  }
  if (stored === null) return null;
  const password = await passwordOf(role, wanted);
  if (stored !== undefined) return (await matchesVerifier(password.reveal(), stored)) ? wanted : somethingElse;
  if (isExpired) return undefined;
  const verdict = await tryLogin(client, role, password);
  if (verdict === "unknown") return undefined;
  return verdict === "right" ? wanted : somethingElse;
}

async function isStillSet(client: PostgresReader, role: string, previous: SecretRef): Promise<boolean> {
  try {
    return (await tryLogin(client, role, await passwordOf(role, previous))) === "right";
  } catch (error) {
    // Who takes a password out of the inputs may have removed its file, too.
    if (error instanceof ProviderError && error.code.startsWith("secret.")) return false;
    throw error;
  }
}
