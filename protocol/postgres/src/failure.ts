import { ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf, type Connection } from "./connection.ts";
import type { ErrorCode } from "./errors.ts";
import { closed, explainTransport, failure } from "./transport-failure.ts";

/** What the server says of an error; https://www.postgresql.org/docs/18/protocol-error-fields.html */
export interface ServerError extends Error {
  code: string;
  detail?: string | undefined;
  hint?: string | undefined;
}

/** The SQLSTATE of a failure, also of one in our words; https://www.postgresql.org/docs/18/errcodes-appendix.html */
export function sqlStateOf(error: unknown): string | undefined {
  return serverErrorOf(error)?.code;
}

export function serverErrorOf(error: unknown): ServerError | undefined {
  const inner = error instanceof ProviderError ? error.cause : error;
  return isServerError(inner) ? inner : undefined;
}

function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && "severity" in error && "code" in error && typeof error.code === "string";
}

/** Any failure of a connection or a statement, in words for people. What is already in such words stays. */
export function explain(error: unknown, connection: Connection): unknown {
  if (error instanceof ProviderError) return error;
  if (isServerError(error)) return explainRefusal(error, connection);
  if (error instanceof Error) return explainTransport(error, connection);
  return error;
}

function explainRefusal(error: ServerError, connection: Connection): ProviderError<ErrorCode> {
  const { user } = connection;
  const address = addressOf(connection);
  const says = error.detail === undefined ? error.message : `${error.message} (${error.detail.replaceAll("\n", "; ")})`;
  switch (error.code) {
    case "28P01":
      return failure(
        `${address} refuses the password of ${user}`,
        "postgres.login.refused",
        "Check `connection.user` and the secret that `connection.password` refers to",
        error,
      );
    case "28000":
      return failure(
        `${address} does not let ${user} in: ${says}`,
        "postgres.login.refused",
        "Let pg_hba.conf of the server admit this user from here, and the role have LOGIN",
        error,
      );
    case "3D000":
      return failure(says, "postgres.database.missing", "Make the database first, or correct its name", error);
    case "42704":
      if (/^role .* does not exist$/.test(error.message)) {
        const hint = "Declare the role as a resource and take its name from that resource's outputs";
        return failure(
          `there is no ${error.message.replace(" does not exist", "")}`,
          "postgres.role.missing",
          hint,
          error,
        );
      }
      break;
    case "42501":
      return failure(
        `${user} may not do this: ${says}`,
        "postgres.permission.denied",
        error.hint ??
          `Give ${user} the right, or connect as another role; the documentation of this type lists what it needs`,
        error,
      );
    case "53300":
      return failure(
        `${address} has too many connections: ${says}`,
        "postgres.connection.tooMany",
        "Close connections that nobody needs, or raise the limit; then apply again",
        error,
      );
    case "55006":
      return failure(says, "postgres.database.inUse", "Stop what uses it, then try again", error);
    case "55P03":
      return failure(
        `somebody else holds a lock on it: ${says}`,
        "postgres.lock.timeout",
        "Apply again; pg_locks and pg_stat_activity tell who holds the lock",
        error,
      );
    case "57014":
      return failure(
        `the server cancelled a statement: ${says}`,
        "postgres.statement.timeout",
        "Apply again; where the server is slow, raise timeoutSeconds",
        error,
      );
    case "57P01":
    case "57P02":
    case "57P05":
      return closed(address, error);
    case "57P03":
      return failure(
        `${address} takes no connection: ${says}`,
        "postgres.connection.starting",
        "Apply again when it is up",
        error,
      );
    // pgbouncer's way to say that it passes no options on to the server.
    case "08P01":
      if (error.message.includes("unsupported startup parameter")) return poolerFailure(connection, error);
      break;
  }
  return failure(
    `the server refuses it: ${says} (SQLSTATE ${error.code})`,
    "postgres.statement.refused",
    error.hint ?? "Change the inputs that this is about",
    error,
  );
}

/** Locks that live as long as a session do not, where sessions are shared. */
export function poolerFailure(connection: Connection, cause?: unknown): ProviderError<ErrorCode> {
  return failure(
    `${addressOf(connection)} is a connection pooler, not the server itself`,
    "postgres.connection.pooler",
    "Let `connection.host` and `connection.port` name PostgreSQL itself",
    cause,
  );
}
