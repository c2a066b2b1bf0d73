import type { Secret } from "@nixops4-resources/protocol-core";
import { explain, makeClient, sqlStateOf, type PostgresReader } from "@nixops4-resources/protocol-postgres";
import { saslprep } from "@nixops4-resources/protocol-postgres/scram";

/** How the server wants a password proved; `nothing` until it asks, and where it does not. */
type Asked = "nothing" | "scram" | "md5" | "cleartext";

export type Verdict = "right" | "wrong" | "unknown";

/**
 * Whether the password lets the role in, for an account that may not see what is stored. The password itself is never
 * sent: where the server wants it, or wants nothing (trust, peer), the verdict is unknown. A role whose password is stored
 * as MD5 has another one than we would store.
 */
export async function tryLogin(client: PostgresReader, role: string, password: Secret): Promise<Verdict> {
  const prepared = await saslprep(password.reveal());
  // pg prepares it once more, and less exactly than PostgreSQL.
  if (prepared.normalize("NFKC") !== prepared) return "unknown";

  const login = { ...(await client.login(client.connection.database)), user: role, password: null };
  const proof: { asked: Asked } = { asked: "nothing" };
  const trial = await makeClient(login, async () => {
    if (proof.asked !== "scram") throw new Error("only SCRAM proves a password without sending it");
    return prepared;
  });
  // pg's own listeners, which ask for the password, come later.
  trial.connection.on("authenticationSASL", () => (proof.asked = "scram"));
  trial.connection.on("authenticationMD5Password", () => (proof.asked = "md5"));
  trial.connection.on("authenticationCleartextPassword", () => (proof.asked = "cleartext"));
  trial.on("error", () => undefined);
  const close = (): void => void trial.connection.stream.destroy();
  login.signal.addEventListener("abort", close, { once: true });
  try {
    await trial.connect();
    return proof.asked === "scram" ? "right" : "unknown";
  } catch (error) {
    return verdictOf(proof.asked, error, () => explain(error, login.connection));
  } finally {
    login.signal.removeEventListener("abort", close);
    close();
  }
}

function verdictOf(asked: Asked, error: unknown, explained: () => unknown): Verdict {
  const state = sqlStateOf(error);
  if (asked === "md5") return "wrong";
  if (asked === "cleartext") return "unknown";
  if (state === undefined) throw explained();
  // Past the proof, something else stopped it: NOLOGIN, no right to connect, a limit.
  if (asked === "scram") return state === "28P01" ? "wrong" : "right";
  // pg_hba.conf does not let this role in from here, or by other means only.
  if (state === "28000" || state === "28P01") return "unknown";
  throw explained();
}
