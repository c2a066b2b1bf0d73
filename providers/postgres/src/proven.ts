import { MarkChanged, readMark, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import { lockForTransaction, sqlStateOf, type Sql, type WriteSession } from "@nixops4-resources/protocol-postgres";

/** A role or a database. All databases of the server share it, so its lock must reach beyond one database. */
interface SharedObject {
  kind: "role" | "database";
  name: string;
  /**
   * A command that writes the object's row in the shared catalog, and changes nothing: ALTER without an option. The row
   * stays locked until the transaction ends, for every session of the server. Asked for under the advisory lock: who had it
   * before may have changed the owner.
   */
  touch: () => Promise<Sql[]>;
}

/**
 * Starts a write in the current transaction of an object that all databases share. The advisory lock puts processes with
 * one maintenance database in order. It is invisible in other databases, so the row of the object is locked too: who comes
 * second waits, then gets "tuple concurrently updated", and `transaction` starts again (docs/adr/010-postgresql-locks.md).
 * Throws `MarkChanged` if the object is gone.
 */
export async function lockShared(session: WriteSession, { kind, name, touch }: SharedObject): Promise<void> {
  await session.query(lockForTransaction(kind, name));
  try {
    await session.execute(...(await touch()));
  } catch (error) {
    if (sqlStateOf(error) === missing[kind]) throw new MarkChanged(name, { cause: error });
    throw error;
  }
}

/** https://www.postgresql.org/docs/18/errcodes-appendix.html: undefined_object and invalid_catalog_name */
const missing = { role: "42704", database: "3D000" };

/** The row of an object, if its comment still carries the mark; throws `MarkChanged` if not, or if there is no row. */
export function requireMarked<Row extends { comment: string | null }>(
  row: Row | undefined,
  expected: Mark | undefined,
): Row {
  if (row === undefined) throw new MarkChanged();
  requireMark(readMark(row.comment), expected);
  return row;
}
