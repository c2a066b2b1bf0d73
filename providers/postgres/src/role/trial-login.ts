import type { Secret } from "@nixops4-resources/protocol-core";
import {
  explainPostgresError,
  guardAuthentication,
  makeClient,
  sqlStateOf,
  type Authentication,
  type PostgresReader,
} from "@nixops4-resources/protocol-postgres";
import { saslprep } from "@nixops4-resources/protocol-postgres/scram";

export type Verdict = "right" | "wrong" | "unknown";

/**
 * Whether the role can log in with the password, for an account that cannot see the stored verifier. The password
 * itself is never sent: if the server requests it in cleartext, or requests nothing (trust, peer), the verdict is
 * unknown. If the server requests MD5, the verdict is wrong: the provider would store a SCRAM verifier instead.
 */
export async function tryLogin(client: PostgresReader, role: string, password: Secret): Promise<Verdict> {
  const prepared = await saslprep(password.revealText());
  // pg normalizes the password once more, less exactly than PostgreSQL. That must not change it.
  if (prepared.normalize("NFKC") !== prepared) return "unknown";

  const login = { ...(await client.login(client.connection.database)), user: role, password: null };
  const trial = await makeClient(login, async () => prepared);
  const onlyScram = new Error("Only SCRAM proves a password without sending it");
  const requested = guardAuthentication(trial, ["scram-sha-256"], () => onlyScram);
  trial.on("error", () => undefined);
  const close = (): void => void trial.connection.stream.destroy();
  login.signal.addEventListener("abort", close, { once: true });
  try {
    await trial.connect();
    return "right";
  } catch (error) {
    if (error === onlyScram) return requested.method === "md5" ? "wrong" : "unknown";
    return verdictOf(requested.method, error, () => explainPostgresError(error, login.connection));
  } finally {
    login.signal.removeEventListener("abort", close);
    close();
  }
}

function verdictOf(method: Authentication["method"], error: unknown, explained: () => unknown): Verdict {
  const state = sqlStateOf(error);
  if (state === undefined) throw explained();
  // The password was accepted, then the server rejected the session for another reason: NOLOGIN, no CONNECT, a limit.
  if (method === "scram-sha-256") return state === "28P01" ? "wrong" : "right";
  // pg_hba.conf rejects this role from this address, or requires another method.
  if (state === "28000" || state === "28P01") return "unknown";
  throw explained();
}
