import { sql, type Sql } from "./sql.ts";

/** Sets our locks apart from those of others in the database: "NOP4" in ASCII. */
const lockClass = 0x4e4f5034;

/**
 * A lock on one thing, such as `role`, `shop`, until the transaction ends: parallel changes of one row of a catalog fail
 * with "tuple concurrently updated". Advisory locks are seen in their own database only, so what belongs to the whole server
 * is locked in the maintenance database, and what is in a database, there.
 */
export const lockForTransaction = (kind: string, name: string): Sql =>
  sql`select pg_advisory_xact_lock(${lockClass}, hashtext(${`${kind}:${name}`}))`;

/** The same until it is given back, or the session ends: for what cannot run in a transaction. */
export const lockForSession = (kind: string, name: string): Sql =>
  sql`select pg_advisory_lock(${lockClass}, hashtext(${`${kind}:${name}`}))`;

export const unlockForSession = (kind: string, name: string): Sql =>
  sql`select pg_advisory_unlock(${lockClass}, hashtext(${`${kind}:${name}`}))`;
