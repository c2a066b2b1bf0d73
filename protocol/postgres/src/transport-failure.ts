import { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";

export function failure(reason: string, code: ErrorCode, hint: string, cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, { code, hint, cause });
}

/** A failure below the server: of the network, of TLS, or of pg's side of logging in. */
export function explainTransport(error: Error, connection: Connection): unknown {
  const address = addressOf(connection);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (unreachable.has(code)) {
    return failure(
      `nothing answers at ${address} (${code})`,
      "postgres.connection.unreachable",
      "See that PostgreSQL runs and listens there, and that `connection` names the right host and port",
      error,
    );
  }
  if (error.message === "timeout expired") {
    return failure(
      `${address} did not answer in time`,
      "postgres.connection.unreachable",
      "See that the host is up and that no firewall swallows the connection",
      error,
    );
  }
  if (/^Connection terminated|is not queryable$/.test(error.message) || code === "ECONNRESET" || code === "EPIPE") {
    return closed(address, error);
  }
  const tls = tlsHint(error.message, code);
  if (tls !== undefined) {
    return failure(`no TLS connection to ${address}: ${error.message}`, "postgres.tls.failed", tls, error);
  }
  if (error.message.startsWith("SASL:")) {
    return failure(
      `logging in at ${address} failed: ${error.message}`,
      "postgres.login.refused",
      "Check `connection.user` and `connection.password`, and that this is the right server",
      error,
    );
  }
  return error;
}

export const closed = (address: string, error: Error): ProviderError<ErrorCode> =>
  failure(
    `${address} closed the connection: ${error.message}`,
    "postgres.connection.closed",
    "Apply again: it looks first and goes on from what is there",
    error,
  );

const unreachable = new Set([
  "EACCES",
  "EADDRNOTAVAIL",
  "EAGAIN",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "EHOSTDOWN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOENT",
  "ENOTDIR",
  "ENOTFOUND",
  "ETIMEDOUT",
]);

/** https://nodejs.org/docs/latest-v24.x/api/tls.html#x509-certificate-error-codes */
function tlsHint(message: string, code: string): string | undefined {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
    return "Let `connection.host` be a name that the server's certificate has";
  }
  if (message === "The server does not support SSL connections") {
    return "Turn on `ssl` in the server's postgresql.conf";
  }
  if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID") return "Renew the server's certificate";
  if (/SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^CERT_/.test(code)) {
    return "Let `connection.ca` name the authority that signed the server's certificate";
  }
  const isTls = /^(ERR_SSL_|ERR_OSSL_|ERR_TLS_|EPROTO)/.test(code) || message.includes("SSL connection");
  return isTls ? "Check `connection.ca` and `connection.clientCertificate`, and the server's log" : undefined;
}
