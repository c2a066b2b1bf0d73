import { ProviderError } from "@nixops4-resources/protocol-core";
import { safeText } from "@nixops4-resources/protocol-core/safe-text";
import { addressOf, type Connection } from "./connection.ts";
import { howToAllow } from "./denied.ts";
import type { ErrorCode } from "./errors.ts";
import { closed, explainTransport, failure } from "./transport-failure.ts";

/** Fields of a server error. https://www.postgresql.org/docs/18/protocol-error-fields.html */
export interface ServerError extends Error {
  code: string;
  /** May contain rows, so it is printed for the error 2BP01 only. */
  detail?: string | undefined;
}

/**
 * The SQLSTATE of an error, also if a ProviderError wraps it. https://www.postgresql.org/docs/18/errcodes-appendix.html
 */
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

/** Turns a failure of a connection or a statement into a ProviderError. Other errors are returned unchanged. */
export function explainPostgresError(error: unknown, connection: Connection): unknown {
  if (error instanceof ProviderError) return error;
  if (isServerError(error)) return explainServerError(error, connection);
  if (error instanceof Error) return explainTransport(error, connection);
  return error;
}

function explainServerError(error: ServerError, connection: Connection): ProviderError<ErrorCode> {
  const { user } = connection;
  const address = addressOf(connection);
  const message = wordsOf(error);
  switch (error.code) {
    case "28P01":
      return failure(
        `${address} rejects the password of ${user}`,
        "postgres.login.refused",
        "Check `connection.user` and the secret that `connection.password` refers to",
        error,
      );
    case "28000":
      return failure(
        `${address} rejects the login of ${user}: ${message}`,
        "postgres.login.refused",
        "Allow this user from this machine in the server's pg_hba.conf, and give the role LOGIN",
        error,
      );
    case "3D000":
      return failure(message, "postgres.database.missing", "Create the database first, or correct its name", error);
    case "42704":
      if (/^role .* does not exist$/.test(message)) {
        const hint = "Declare the role as a resource and take its name from that resource's outputs";
        return failure(message, "postgres.role.missing", hint, error);
      }
      break;
    case "42501":
      return failure(
        `${user} may not do this: ${message}`,
        "postgres.permission.denied",
        howToAllow(user, message, error.detail),
        error,
      );
    case "53300":
      return failure(
        `${address} has too many connections: ${message}`,
        "postgres.connection.tooMany",
        "Close unused connections or raise the limit, then apply again",
        error,
      );
    case "55006":
      return failure(message, "postgres.database.inUse", "Stop the clients that use it, then apply again", error);
    case "55P03":
      return failure(
        `another session holds a lock: ${message}`,
        "postgres.lock.timeout",
        "Apply again; pg_locks and pg_stat_activity show which session holds the lock",
        error,
      );
    case "57014":
      return failure(
        `the server cancelled a statement: ${message}`,
        "postgres.statement.timeout",
        "Apply again; if the server is slow, raise `timeoutSeconds`",
        error,
      );
    case "57P01":
    case "57P02":
    case "57P05":
      return closed(address, error);
    case "57P03":
      return failure(
        `${address} accepts no connections: ${message}`,
        "postgres.connection.starting",
        "Apply again when the server is up",
        error,
      );
    // pgbouncer reports that it does not pass options to the server.
    case "08P01":
      if (error.message.includes("unsupported startup parameter")) return poolerFailure(connection, error);
      break;
  }
  // Insufficient resources, and errors of the server's operating system.
  if (/^(53|58)/.test(error.code)) {
    return failure(
      `the server is out of resources: ${message} (SQLSTATE ${safeText(error.code, 5)})`,
      "postgres.server.resources",
      "Free disk space or memory on the server, see its log, then apply again",
      error,
    );
  }
  return failure(
    `the server rejects the statement: ${message} (SQLSTATE ${safeText(error.code, 5)})`,
    "postgres.statement.refused",
    "Change the inputs that the message names",
    error,
  );
}

/**
 * The server's message. DETAIL and HINT may repeat rows and values, and a function or trigger can set them to anything.
 * Only the DETAIL of dependents is safe and needed: it names objects. https://www.postgresql.org/docs/18/error-style-guide.html
 */
function wordsOf({ code, message, detail }: ServerError): string {
  const words = safeText(message);
  return code === dependentsExist && detail !== undefined
    ? `${words} (${safeText(detail.replaceAll("\n", "; "))})`
    : words;
}

/** dependent_objects_still_exist */
const dependentsExist = "2BP01";

/** A pooler shares sessions between clients, so it breaks locks that last as long as a session. */
export function poolerFailure(connection: Connection, cause?: unknown): ProviderError<ErrorCode> {
  return failure(
    `${addressOf(connection)} is a connection pooler, not the server itself`,
    "postgres.connection.pooler",
    "Set `connection.host` and `connection.port` to PostgreSQL itself",
    cause,
  );
}

/** A standby may not have what the primary has, so nothing counts as missing there; and it takes no write. */
export function standbyFailure(connection: Connection): ProviderError<ErrorCode> {
  return failure(
    `${addressOf(connection)} is a standby, which follows another server and may lag behind it`,
    "postgres.connection.standby",
    "Set `connection.host` and `connection.port` to the primary, or promote this server",
    undefined,
  );
}
