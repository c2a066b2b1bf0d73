import { currentPools } from "@nixops4-resources/protocol-core";
import { logIn, type LoggedIn, type Login } from "./login.ts";

/** A connection for one user, which gives it back. */
export interface Lent extends LoggedIn {
  /** Ends the use. A connection on which something failed is closed and never used again. */
  giveBack(isFaultless: boolean): Promise<void>;
}

/**
 * Logs in, or gets a connection that another request of this process has given back. A request that has its process for
 * itself always logs in, and closes the connection.
 */
export async function obtain(login: Login): Promise<Lent> {
  const pools = currentPools();
  if (pools === undefined || !mayBeKept(login)) {
    const loggedIn = await logIn(login);
    return Object.assign(loggedIn, { giveBack: () => loggedIn.client.end() });
  }
  const { ConnectionPool } = await import("./connection-pool.ts");
  return await pools.of(ConnectionPool).lend(login);
}

/**
 * A connection that nobody uses would keep its database from being dropped, renamed or copied, so only those to the
 * database of the inputs are kept: the maintenance database, or one that belongs to the provider itself.
 */
const mayBeKept = ({ connection, database, user, session }: Login): boolean =>
  database === connection.database && user === connection.user && session?.keepAlive !== true;
