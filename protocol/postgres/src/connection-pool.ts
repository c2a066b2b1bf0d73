import { resolveSecret } from "@nixops4-resources/protocol-core";
import { createHash } from "node:crypto";
import { addressOf } from "./connection.ts";
import type { Lent } from "./lent.ts";
import { logIn, type LoggedIn, type Login } from "./login.ts";

/** Connections to one server that are kept while nobody uses them. */
const mostIdle = 8;

/** A connection that nobody uses, and what a login must equal to get it. */
interface Idle {
  readonly key: string;
  readonly loggedIn: LoggedIn;
}

/**
 * The connections of one process that were given back. A request gets one only if it would log in with the same settings,
 * the same credentials and the same access, and only after the server has discarded the state of the session before. The
 * number of requests that use a server at a time is limited by their places, not here.
 */
export class ConnectionPool implements AsyncDisposable {
  readonly #idle = new Map<string, Idle[]>();
  #isClosed = false;

  async lend(login: Login): Promise<Lent> {
    const address = addressOf(login.connection);
    const key = await keyOf(login);
    const loggedIn = (await this.#reuse(address, key)) ?? (await logIn(login));
    return Object.assign(loggedIn, {
      giveBack: (isFaultless: boolean) => this.#takeBack(address, { key, loggedIn }, isFaultless),
    });
  }

  /** Closes the connections that nobody uses; those in use are closed when they are given back. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    const idle = [...this.#idle.values()].flat();
    this.#idle.clear();
    await Promise.all(idle.map(({ loggedIn }) => loggedIn.client.end()));
  }

  /** The connection that was used last, since an older one may have been closed by now. */
  async #reuse(address: string, key: string): Promise<LoggedIn | undefined> {
    const idle = this.#idle.get(address) ?? [];
    for (;;) {
      const index = idle.findLastIndex((each) => each.key === key);
      if (index < 0) return undefined;
      const [{ loggedIn } = { loggedIn: undefined }] = idle.splice(index, 1);
      if (loggedIn !== undefined && (await isCleared(loggedIn))) return loggedIn;
    }
  }

  async #takeBack(address: string, given: Idle, isFaultless: boolean): Promise<void> {
    const { client } = given.loggedIn;
    if (!isFaultless || this.#isClosed || client.connection.stream.destroyed) {
      await client.end();
      return;
    }
    const idle = this.#idle.get(address) ?? [];
    this.#idle.set(address, idle);
    idle.push(given);
    if (idle.length > mostIdle) await idle.shift()?.loggedIn.client.end();
  }
}

/**
 * Removes all that the use before may have left in the session: settings, roles, locks, temporary tables. It fails in a
 * transaction that was not ended, and on a connection that the server has closed meanwhile.
 * https://www.postgresql.org/docs/18/sql-discard.html
 */
async function isCleared({ client }: LoggedIn): Promise<boolean> {
  try {
    await client.query("DISCARD ALL");
    return true;
  } catch {
    client.connection.stream.destroy();
    return false;
  }
}

/** Everything that distinguishes two logins. Of credentials it holds hashes, so that they outlive no request. */
async function keyOf({
  connection,
  database,
  user,
  password,
  access,
  timeoutSeconds,
  session,
}: Login): Promise<string> {
  const { clientCertificate } = connection;
  const privateKey =
    clientCertificate === null ? null : await resolveSecret(clientCertificate.key, "the key of the client certificate");
  const hashes = [password, privateKey].map(
    (secret) => secret && createHash("sha256").update(secret.revealBytes()).digest("base64"),
  );
  return JSON.stringify([connection, database, user, access, timeoutSeconds, session ?? null, hashes]);
}
