import { codeOf, MarkChanged, ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import { sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { resourcesIn } from "@nixops4-resources/protocol-state";
import type { ErrorCode } from "../errors.ts";
import { tryLock, waitForLock, type TriedLock } from "./lock.ts";
import { lockAndRead, type StateInputs } from "./read-state.ts";
import { carries, findMark } from "./states.ts";
import { enterStates } from "../database/trust.ts";
import { Tables } from "../database/tables.ts";

/**
 * Marks the state as destroyed and frees its name. Its events stay, so that an operator can undo a mistake
 * (docs/state.md). A state that still contains resources is destroyed only with `deletion = "delete"`, since they would
 * be forgotten.
 */
export async function destroyState(
  session: WriteSession,
  want: StateInputs & { deletion: "delete" | "retain" | null },
  expected: Mark | undefined,
): Promise<void> {
  const tables = new Tables(want.schema);
  await enterStates(session, want.schema);
  if (want.deletion === "delete") {
    // Does not read the state: its key may be lost.
    const [row] = await session.query<TriedLock>(tryLock(tables, want.name));
    if (row !== undefined && !row.locked) await waitForLock(session, tables, want);
  } else {
    const { state } = await lockAndRead(session, want).catch((error: unknown) => {
      // Another request has destroyed it since the look.
      throw codeOf(error) === "state.missing" ? new MarkChanged() : error;
    });
    const resources = resourcesIn(state.document);
    if (resources.length > 0) throw notEmpty(resources);
  }
  const mark = await findMark(session, tables, want.name, expected);
  const updated = await session.query(sql`
    update ${tables.state} set destroyed_at = now() where ${carries(want.name, mark)} returning id`);
  if (updated.length === 0) throw new MarkChanged();
}

function notEmpty(resources: readonly string[]): ProviderError<ErrorCode> {
  const shown = resources.slice(0, 5).join(", ") + (resources.length > 5 ? ", ..." : "");
  const count = resources.length === 1 ? "1 resource" : `${resources.length} resources`;
  return new ProviderError<ErrorCode>(`it contains ${count}: ${shown}`, {
    code: "state.notEmpty",
    hint: 'Destroy these resources first, or set `deletion` to "retain" to keep the state, or to "delete" to forget the resources',
  });
}
