import { createHash } from "node:crypto";
import { identifier, sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { actAs } from "../act-as.ts";
import { selectOwnership } from "./statements.ts";

/**
 * The name of a database that this resource of this deployment is creating or dropping: 48 bytes. A deployment's name has
 * no slash, so different resources have different names.
 */
export function temporaryName(managedBy: string, name: string): string {
  return `nixops4-pending-${createHash("sha256").update(`${managedBy}/${name}`).digest("hex").slice(0, 32)}`;
}

/** Drops the database under a temporary name, if there is one. Returns whether there was. */
export async function dropPending(session: WriteSession, temporary: string): Promise<boolean> {
  const ownership = await selectOwnership(session, temporary);
  if (ownership === undefined) return false;
  await dropAs(session, ownership.actAs, temporary);
  return true;
}

/** Acts as the role, if any, for the session: DROP DATABASE cannot run in a transaction. */
export async function dropAs(session: WriteSession, role: string | null, name: string): Promise<void> {
  if (role !== null) await session.execute(sql`set role ${identifier(role)}`);
  try {
    await session.execute(sql`drop database if exists ${identifier(name)}`);
  } finally {
    if (role !== null) await session.query(actAs(null)).catch(() => undefined);
  }
}
