import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import tlsErrors from "@nixops4-resources/protocol-tls/errors";

/** What can go wrong with every PostgreSQL server; a provider that uses one has these in its own errors.ts, too. */
const errors = {
  ...tlsErrors,
  "postgres.connection.closed": {
    meaning: "The server, or something between, closed the connection during a statement. Its outcome is unknown.",
    remedy: "Apply again: it looks first and goes on from what is there. The server's log says why it closed.",
  },
  "postgres.connection.pooler": {
    meaning: "Between us and the server is a connection pooler, such as pgbouncer. Locks would not hold through it.",
    remedy: "Let `connection.host` and `connection.port` name the server itself.",
  },
  "postgres.connection.starting": {
    meaning: "The server starts, stops or recovers, and takes no connection. It was tried again for a while.",
    remedy: "Wait until the server is up, then apply again.",
  },
  "postgres.connection.tooMany": {
    meaning: "The server, the role or the database has as many connections as it may. It was tried again for a while.",
    remedy: "Close connections that nobody needs, or raise `max_connections` or the connection limit.",
  },
  "postgres.connection.unreachable": {
    meaning: "Nothing answers as PostgreSQL at this address.",
    remedy: "See that the server runs and listens there, and that no firewall is between.",
  },
  "postgres.database.inUse": {
    meaning: "The database has sessions. It is never dropped or renamed under them.",
    remedy: "Stop what uses it, then try again.",
  },
  "postgres.database.missing": {
    meaning: "There is no such database.",
    remedy: "Declare it as a resource and take its name from that resource's outputs, so that it is made first.",
  },
  "postgres.lock.timeout": {
    meaning: "Somebody else held a lock for too long. Nothing was changed.",
    remedy: "Apply again; see pg_locks and pg_stat_activity for who holds it.",
  },
  "postgres.login.refused": {
    meaning: "The server is there and does not let this user in.",
    remedy: "Check user and password, and the rules in pg_hba.conf.",
  },
  "postgres.permission.denied": {
    meaning: "The account of `connection.user` may not do this.",
    remedy: "Give it the right that the message names; each type's documentation tells the least that it needs.",
  },
  "postgres.role.missing": {
    meaning: "There is no such role.",
    remedy: "Declare it as a resource and take its name from that resource's outputs, so that it is made first.",
  },
  "postgres.statement.refused": {
    meaning: "The server refuses a statement. Its message, and what it adds to it, is passed on.",
    remedy: "Change the inputs that the message is about.",
  },
  "postgres.statement.timeout": {
    meaning: "A statement took longer than the request may, and was cancelled.",
    remedy: "Apply again, and raise `timeoutSeconds` where the server is slow.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
