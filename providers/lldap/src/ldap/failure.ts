import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import { explainTls } from "@nixops4-resources/protocol-tls";
import { ResultCodeError } from "ldapts";
import type { ErrorCode } from "../errors.ts";
import { failure } from "../failure.ts";

/** The LDAP server, for messages. */
export interface Asked {
  readonly url: string;
  readonly baseDn: string;
  readonly username: string;
}

/** Result codes that lldap uses. https://www.rfc-editor.org/rfc/rfc4511#section-4.1.9 */
const invalidDnSyntax = 34;
const invalidCredentials = 49;
const insufficientAccess = 50;
const namingViolation = 64;

/** Any failure of an LDAP operation, in words for people. */
export function explainLdap(error: unknown, { url, baseDn, username }: Asked): unknown {
  // An abort is explained by whoever aborts.
  if (!(error instanceof Error) || error instanceof ProviderError || error.name === "AbortError") return error;
  const place = { address: url, name: "connection.ldap.url", authorities: "connection.ldap.tls.caFile" };
  const tls = explainTls(error, place);
  if (tls !== undefined) return tls;
  if (!(error instanceof ResultCodeError)) return unreachable(url, error);
  if (error.code === namingViolation || error.code === invalidDnSyntax) {
    return failure(
      `the directory at ${url} does not have the base DN ${baseDn}`,
      "lldap.baseDn.wrong",
      "Set `connection.baseDn` to `ldap_base_dn` of lldap's configuration",
      error,
    );
  }
  if (error.code === insufficientAccess) {
    return failure(
      `${url} does not permit ${username} to set this password`,
      "lldap.account.rights",
      `Add ${username} to the group lldap_admin, or use another account in \`connection.username\``,
      error,
    );
  }
  if (error.code === invalidCredentials) {
    return failure(
      `${url} does not accept the password of ${username}, which the web server has just accepted`,
      "lldap.ldap.failed",
      "Check that `connection.ldap.url` and `connection.url` are of one lldap, and see its log",
      error,
    );
  }
  // The library adds the code to each message.
  return failure(
    `${url} answers with result code ${error.code}: ${safeText(error.message.replace(/ Code: 0x[0-9a-f]+$/, ""))}`,
    "lldap.ldap.failed",
    "See lldap's log, then apply again: the provider looks first",
    error,
  );
}

export const isWrongPassword = (error: unknown): boolean =>
  error instanceof ResultCodeError && error.code === invalidCredentials;

const unreachable = (url: string, error: Error): ProviderError<ErrorCode> =>
  failure(
    `no answer of the LDAP server ${url} (${"code" in error ? String(error.code) : error.message})`,
    "lldap.ldap.unreachable",
    "Check that lldap runs and listens there, and that `connection.ldap.url` is right",
    error,
  );

/** Whether the connection failed, so that an operation that can be repeated is tried again. */
export const wasLost = (error: unknown): boolean =>
  error instanceof ProviderError && error.code === ("lldap.ldap.unreachable" satisfies ErrorCode);
