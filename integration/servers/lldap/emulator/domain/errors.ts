/** An error with lldap's message. Source: crates/domain-model/src/error.rs */
export class DirectoryError extends Error {
  override readonly name = "DirectoryError";
  /** The same in the notation that lldap's LDAP answers have. */
  readonly debug: string;

  constructor(message: string, debug: string) {
    super(message);
    this.debug = debug;
  }
}

/** Something does not exist. */
export class EntityNotFound extends DirectoryError {
  constructor(subject: string) {
    super(`Entity not found: \`${subject}\``, `EntityNotFound(\n    "${subject}",\n)`);
  }
}

/** lldap rejects a value before it reaches the database. */
export const internalError = (reason: string): DirectoryError =>
  new DirectoryError(`Internal error: \`${reason}\``, `InternalError(\n    "${reason}",\n)`);

/** An update of something that does not exist. */
export const nothingUpdated = (): DirectoryError =>
  new DirectoryError("Database error: `None of the records are updated`", "DatabaseError(\n    RecordNotUpdated,\n)");

/** SQLite's error for a unique index. Its code is 1555 for a primary key, 2067 otherwise. */
export function notUnique(columns: string, code: 1555 | 2067, kind = "Database error"): DirectoryError {
  const reason = `UNIQUE constraint failed: ${columns}`;
  return new DirectoryError(
    `${kind}: \`Execution Error: error returned from database: (code: ${code}) ${reason}\``,
    `DatabaseError(\n    ${reason},\n)`,
  );
}

/** SQLite's error for a reference to something that does not exist. */
export const noSuchReference = (): DirectoryError =>
  new DirectoryError(
    `${transactionError}: \`Execution Error: error returned from database: (code: 787) FOREIGN KEY constraint failed\``,
    "DatabaseTransactionError(\n    FOREIGN KEY constraint failed,\n)",
  );

/** The kind of an error of the database in a change of a membership. */
export const transactionError = "Database transaction error";
