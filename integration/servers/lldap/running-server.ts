import { readFile } from "node:fs/promises";
import { GraphqlCalls } from "./graphql-calls.ts";
import type { LldapOptions, LldapServer } from "./lldap.ts";
import { ServerUnavailable } from "../server-unavailable.ts";

/**
 * A server of lldap that is already running, at `LLDAP_URL` and `LLDAP_LDAP_URL`. Its administrator is
 * `LLDAP_USERNAME` (default `admin`) with the password in `LLDAP_PASSWORD_FILE`; `LLDAP_BASE_DN` is its base DN (default
 * `dc=example,dc=com`).
 *
 * The tests delete every user, group, attribute and object class of this server that lldap did not create itself. They
 * must not run at the same time: `npm test -- integration/servers/lldap --no-file-parallelism`.
 */
export async function runningServer(givenUrl: string, { ldaps, tokenSeconds }: LldapOptions): Promise<LldapServer> {
  if (ldaps === true || tokenSeconds !== undefined) {
    throw new ServerUnavailable("the server at LLDAP_URL cannot be configured", { isOptional: true });
  }
  const url = givenUrl.replace(/\/$/, "");
  const ldapUrl = variable("LLDAP_LDAP_URL");
  const passwordFile = variable("LLDAP_PASSWORD_FILE");
  const username = process.env["LLDAP_USERNAME"] ?? "admin";
  const password = (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
  const calls = new GraphqlCalls(url, { username, password });
  const { hostname, port, protocol } = new URL(url);
  return {
    what: "lldap",
    host: hostname,
    httpPort: Number(port) || (protocol === "https:" ? 443 : 80),
    ldapPort: Number(new URL(ldapUrl).port) || (ldapUrl.startsWith("ldaps:") ? 636 : 389),
    url,
    ldapUrl,
    baseDn: process.env["LLDAP_BASE_DN"] ?? "dc=example,dc=com",
    username,
    password,
    passwordFile,
    graphql: (query, variables) => calls.graphql(query, variables),
    log: () => Promise.resolve(""),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new ServerUnavailable(`LLDAP_URL is set, but ${name} is not`);
  return value;
}
