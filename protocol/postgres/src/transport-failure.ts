import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import { explainTls } from "@nixops4-resources/protocol-tls";
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
      "Check that PostgreSQL runs and listens there, and that `connection` has the right host and port",
      error,
    );
  }
  if (/^Connection terminated|is not queryable$/.test(error.message) || code === "ECONNRESET" || code === "EPIPE") {
    return closed(address, error);
  }
  const tls = explainTls(error, { address, name: "connection.host", authorities: "connection.ca" });
  if (tls !== undefined) return tls;
  // pg's own words, which have no code.
  if (error.message.includes("SSL connection")) {
    const isWithoutTls = error.message === "The server does not support SSL connections";
    return failure(
      `no TLS connection to ${address}: ${safeText(error.message)}`,
      "tls.failed",
      isWithoutTls
        ? "Turn on `ssl` in the server's postgresql.conf"
        : "Check `connection.ca` and `connection.clientCertificate`, and read the server's log",
      error,
    );
  }
  if (error.message.startsWith("SASL:")) {
    return failure(
      `logging in at ${address} failed: ${safeText(error.message)}`,
      "postgres.login.refused",
      "Check `connection.user` and `connection.password`, and that this is the right server",
      error,
    );
  }
  // The rest of the operating system's errors: a path that is too long, no free file descriptor, no memory.
  if (/^E[A-Z0-9]+$/.test(code)) {
    return failure(
      `this machine cannot connect to ${address} (${code})`,
      "postgres.connection.unreachable",
      exhausted.has(code)
        ? "Free memory, disk space or file descriptors on this machine, then apply again"
        : "Check `connection.host` and `connection.port`",
      error,
    );
  }
  return error;
}

const exhausted = new Set(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "ENOSPC"]);

export const closed = (address: string, error: Error): ProviderError<ErrorCode> =>
  failure(
    `${address} closed the connection: ${safeText(error.message)}`,
    "postgres.connection.closed",
    "Apply again: the provider reads the existing objects and continues from there",
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
