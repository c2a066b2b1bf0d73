import { sql, type Sql } from "./sql.ts";

/** Separates these locks from other advisory locks in the database: "NOP4" in ASCII. */
const lockClass = 0x4e4f5034;

/**
 * Locks one object, such as `role`, `shop`, until the transaction ends: concurrent changes of one catalog row would
 * fail with "tuple concurrently updated". An advisory lock is visible only in its own database. Objects of the whole
 * server are locked in the maintenance database, other objects in the database that contains them.
 */
export const lockForTransaction = (kind: string, name: string): Sql =>
  sql`select pg_advisory_xact_lock(${lockClass}, hashtext(${`${kind}:${name}`}))`;

/** Locks until `unlockForSession` or the end of the session, for statements that cannot run in a transaction. */
export const lockForSession = (kind: string, name: string): Sql =>
  sql`select pg_advisory_lock(${lockClass}, hashtext(${`${kind}:${name}`}))`;

export const unlockForSession = (kind: string, name: string): Sql =>
  sql`select pg_advisory_unlock(${lockClass}, hashtext(${`${kind}:${name}`}))`;
