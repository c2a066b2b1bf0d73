import { ProviderError } from "@nixops4-resources/protocol-core";
import type { Client } from "pg";
import { addressOf, sslModeOf, type AuthMethod, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";

/** Progress of one login. */
export interface Authentication {
  /** Method that the server requested last; `none` before it requests one, and if it never does. */
  method: AuthMethod;
}

/**
 * The methods that may log in with a password. Only SCRAM keeps the password from a server that is not the right one, or
 * from a listener in between, and proves that the server knows it: over plain TCP, and over TLS without a verified server,
 * nothing else is accepted. A Unix socket never leaves the machine. `requireAuth` overrides this.
 */
export function acceptedMethods(connection: Connection): readonly AuthMethod[] {
  const { host, requireAuth, password } = connection;
  if (requireAuth !== null) return requireAuth;
  const isTrusted = host.startsWith("/") || sslModeOf(connection).startsWith("verify-");
  return isTrusted || password === null ? all : ["scram-sha-256"];
}

const all: readonly AuthMethod[] = ["scram-sha-256", "md5", "password", "none"];

/**
 * Ends the connection before a password leaves it, if the server requests another method than the accepted ones or skips
 * its part of SCRAM. Call it before `connect`: these listeners must run before those of pg, which answer the server. pg
 * keeps a password for a second request, so its password callback alone cannot prevent that.
 */
export function guardAuthentication(
  client: Client,
  accepted: readonly AuthMethod[],
  refused: (method: AuthMethod) => Error,
): Authentication {
  const { connection } = client;
  const authentication: Authentication = { method: "none" };
  let hasProved = false;
  const refuse = (): void => {
    connection.stream.destroy();
    connection.emit("error", refused(authentication.method));
  };
  const request = (method: AuthMethod) => (): void => {
    authentication.method = method;
    if (!accepted.includes(method)) refuse();
  };
  connection.on("authenticationSASL", request("scram-sha-256"));
  connection.on("authenticationMD5Password", request("md5"));
  connection.on("authenticationCleartextPassword", request("password"));
  connection.on("authenticationSASLFinal", () => (hasProved = true));
  connection.on("authenticationOk", () => {
    const { method } = authentication;
    if (!accepted.includes(method) || (method === "scram-sha-256" && !hasProved)) refuse();
  });
  return authentication;
}

/** The error of a server that requests a method that is not accepted. */
export function methodRefused(connection: Connection, method: AuthMethod): ProviderError<ErrorCode> {
  const address = addressOf(connection);
  const isExplicit = connection.requireAuth !== null;
  const what = {
    none: `${address} accepts the login without asking for the password`,
    md5: `${address} asks for an MD5 hash of the password`,
    password: `${address} asks for the password in clear text`,
    "scram-sha-256": isExplicit ? `${address} asks for SCRAM` : `${address} does not prove that it knows the password`,
  }[method];
  const hint = isExplicit
    ? `Add \`${method}\` to \`connection.requireAuth\` if this is intended`
    : "Use scram-sha-256 in the server's pg_hba.conf and set the password again, or connect over TLS with `sslmode` `verify-full`; `connection.requireAuth` accepts another method";
  return new ProviderError<ErrorCode>(`${what}, which this connection does not accept`, {
    code: "postgres.login.method",
    hint,
  });
}
