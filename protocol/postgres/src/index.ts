// Without scram.ts: the bundler puts these exports into one chunk that every type loads, and few types need a verifier.
export { connectReader, connectWriter, PostgresReader, PostgresWriter } from "./client.ts";
export { guardAuthentication, type Authentication } from "./authentication.ts";
export { addressOf, connection, connectionChecks, connectionInputs, type Connection } from "./connection.ts";
export { explainPostgresError, poolerFailure, serverErrorOf, sqlStateOf, type ServerError } from "./failure.ts";
export { lockForSession, lockForTransaction, unlockForSession } from "./lock.ts";
export { logIn, makeClient, ownLogin, type Login, type ServerFacts, type SessionOptions } from "./login.ts";
export { maxIdentifierBytes, objectName } from "./object-name.ts";
export { limitToOwner, verifyOwner, verifySchema } from "./owned-schema.ts";
export { openReadSession, openWriteSession, type Notice, type ReadSession, type WriteSession } from "./session.ts";
export { identifier, join, nothing, sql, Sql, type SqlValue } from "./sql.ts";
