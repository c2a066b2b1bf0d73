import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { resourcesIn } from "@nixops4-resources/protocol-state";
import type { ErrorCode } from "../errors.ts";
import { tryLock, waitForLock, type TriedLock } from "./lock.ts";
import { lockAndRead, type StateInputs } from "./read-state.ts";
import { Tables } from "../database/tables.ts";

/**
 * Takes the state's name away. Its events stay, so that a mistake can be undone by hand (docs/state.md), and nobody can
 * open it any more. One that still has resources is destroyed only on demand: nobody would know of them any more.
 */
export async function destroyState(
  session: WriteSession,
  want: StateInputs & { deletion: "delete" | "retain" | null },
): Promise<void> {
  const tables = new Tables(want.schema);
  if (want.deletion === "delete") {
    // Whoever wants that may have lost the key.
    const [row] = await session.query<TriedLock>(tryLock(tables, want.name));
    if (row !== undefined && !row.locked) await waitForLock(session, tables, want);
  } else {
    const { state } = await lockAndRead(session, want);
    const resources = resourcesIn(state.document);
    if (resources.length > 0) throw notEmpty(resources);
  }
  await session.execute(sql`
    update ${tables.state} set destroyed_at = now() where name = ${want.name} and destroyed_at is null`);
}

function notEmpty(resources: readonly string[]): ProviderError<ErrorCode> {
  const shown = resources.slice(0, 5).join(", ") + (resources.length > 5 ? ", ..." : "");
  const count = resources.length === 1 ? "1 resource is" : `${resources.length} resources are`;
  return new ProviderError<ErrorCode>(`${count} in it: ${shown}`, {
    code: "state.notEmpty",
    hint: 'Destroy these first; or let the state go with `deletion = "retain"`; or, where they may be forgotten, set `deletion = "delete"`',
  });
}
