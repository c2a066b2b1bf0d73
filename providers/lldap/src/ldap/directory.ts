import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { retry, waitFor, type ProviderError } from "@nixops4-resources/protocol-core";
import { isLoopback } from "@nixops4-resources/protocol-http";
import { socketOpener } from "@nixops4-resources/protocol-tls";
import { Client } from "ldapts";
import { passwordOf, type Connection } from "../connection.ts";
import { baseDnOf, userDn } from "../dn.ts";
import { failure } from "../failure.ts";
import { explainLdap, isWrongPassword, wasLost } from "./failure.ts";
import { passwordModify, passwordModifyRequest } from "./password-modify.ts";

type LdapConnection = NonNullable<Connection["ldap"]>;

/**
 * Whether the user can log in with the password. False also if lldap failed inside the bind, which it does not tell apart:
 * only between two looks that succeed it says something.
 */
export const canBind = (connection: Connection, signal: AbortSignal, id: string, password: string): Promise<boolean> =>
  withClient(connection, signal, async (client) => {
    try {
      await client.bind(userDn(connection, id), password);
      return true;
    } catch (error) {
      if (isWrongPassword(error)) return false;
      throw error;
    }
  });

/** Sets the password of a user. */
export const setPassword = (connection: Connection, signal: AbortSignal, id: string, password: string): Promise<void> =>
  withClient(connection, signal, async (client) => {
    await client.bind(userDn(connection, connection.username), await passwordOf(connection));
    await client.exop(passwordModify, passwordModifyRequest(userDn(connection, id), password));
  });

/** A password that nobody knows. */
export const randomPassword = (): string => randomBytes(32).toString("base64url");

/** Does work on a connection of its own. It is done again if the connection is lost, so it must bear that. */
async function withClient<T>(
  connection: Connection,
  signal: AbortSignal,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const { ldap } = connection;
  if (ldap === null) throw new TypeError("A password is managed without an LDAP server");
  const asked = { url: ldap.url, username: connection.username, baseDn: baseDnOf(connection) };
  const once = async (): Promise<T> => {
    let socket: Socket | undefined;
    try {
      const open = await openSocket(ldap, connection.allowPlaintext, signal);
      socket = open;
      // TLS, if any, is already established: for the client it is a plain connection.
      return await work(new Client({ url: ldap.url.replace(/^ldaps:/, "ldap:"), createConnection: () => open }));
    } catch (error) {
      throw explainLdap(error, asked);
    } finally {
      socket?.destroy();
    }
  };
  return await waitFor(`an answer of ${ldap.url}`, () => retry(once, { isSafe: wasLost, tries: 4 }));
}

async function openSocket({ url, tls }: LdapConnection, allowPlaintext: boolean, signal: AbortSignal): Promise<Socket> {
  const { protocol, hostname, port } = new URL(url);
  const isPlain = protocol === "ldap:";
  const names = { caFile: "connection.ldap.tls.caFile", pins: "connection.ldap.tls.pins" };
  const open = await socketOpener({
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isPlain ? 389 : 636) : Number(port),
    tls: isPlain ? undefined : { inputs: tls, address: url, names },
    flawOf: (address) => (allowPlaintext || isLoopback(address) ? undefined : plaintext(url, address)),
  });
  const socket = await new Promise<Socket>((resolve, reject) => {
    open(signal, (error, opened) => {
      if (error !== null) reject(error);
      else if (opened !== undefined) resolve(opened);
    });
  });
  // Ends what the client waits for when the request's time is over.
  signal.addEventListener("abort", () => socket.destroy(), { once: true });
  return socket;
}

const plaintext = (url: string, address: string): ProviderError =>
  failure(
    `${url} leads to ${address}, which is another machine, and ldap shows the passwords to everybody on the way`,
    "lldap.ldap.plaintext",
    "Set `connection.ldap.url` to an ldaps URL, or permit it with `allowPlaintext = true` in `connection`",
  );
