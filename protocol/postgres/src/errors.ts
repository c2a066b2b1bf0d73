import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import tlsErrors from "@nixops4-resources/protocol-tls/errors";

/** Errors of every connection to PostgreSQL. A provider that uses this package includes them in its own errors.ts. */
const errors = {
  ...tlsErrors,
  "postgres.connection.closed": {
    meaning:
      "The server, or a device in between, closed the connection during a statement. The outcome of the statement is unknown.",
    remedy:
      "Apply again: the provider reads the current state first and continues from there. The server's log has the reason.",
  },
  "postgres.connection.pooler": {
    meaning:
      "The connection goes through a pooler, such as pgbouncer. A pooler breaks locks that last as long as a session.",
    remedy: "Set `connection.host` and `connection.port` to the server itself.",
  },
  "postgres.connection.starting": {
    meaning:
      "The server is starting, stopping or recovering, and accepts no connections. The provider has retried for a while.",
    remedy: "Wait until the server is up, then apply again.",
  },
  "postgres.connection.tooMany": {
    meaning:
      "The server, the role or the database has reached its connection limit. The provider has retried for a while.",
    remedy: "Close unused connections, or raise `max_connections` or the connection limit.",
  },
  "postgres.connection.unreachable": {
    meaning: "No PostgreSQL server answers at this address.",
    remedy: "Check that the server runs and listens there, and that no firewall blocks the connection.",
  },
  "postgres.database.inUse": {
    meaning: "The database has sessions. The provider never drops or renames it while it is in use.",
    remedy: "Stop the clients that use it, then apply again.",
  },
  "postgres.database.missing": {
    meaning: "The database does not exist.",
    remedy: "Declare it as a resource and take its name from that resource's outputs, so that it is created first.",
  },
  "postgres.lock.timeout": {
    meaning: "Another session held a lock for too long. Nothing was changed.",
    remedy: "Apply again. pg_locks and pg_stat_activity show which session holds the lock.",
  },
  "postgres.login.refused": {
    meaning: "The server rejects the login of this user.",
    remedy: "Check the user, the password, and the rules in pg_hba.conf.",
  },
  "postgres.permission.denied": {
    meaning: "The role of `connection.user` does not have the required privilege.",
    remedy: "Grant the privilege that the message names. The documentation of each type lists the least rights.",
  },
  "postgres.role.missing": {
    meaning: "The role does not exist.",
    remedy: "Declare it as a resource and take its name from that resource's outputs, so that it is created first.",
  },
  "postgres.schema.untrusted": {
    meaning:
      "Another account owns the schema of a store, or something in it, or can change it. Its functions and triggers would run with the rights of `connection.user`, so nothing in it was used.",
    remedy:
      "Find out who created the schema. Drop it or revoke the right that the message names, or use another schema.",
  },
  "postgres.statement.refused": {
    meaning: "The server rejects a statement. The error contains the server's message and its details.",
    remedy: "Change the inputs that the message names.",
  },
  "postgres.statement.timeout": {
    meaning: "A statement exceeded the timeout of the request, so the server cancelled it.",
    remedy: "Apply again. If the server is slow, raise `timeoutSeconds`.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
