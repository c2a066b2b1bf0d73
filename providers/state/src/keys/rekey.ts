import { MarkChanged, ProviderError, readMark, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import { lockForTransaction, sql, type Sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import { allRecipients, KeyRing, makeKey, type NewKeyInputs, type StoredKey } from "./keys.ts";
import { keyInsert, keysOf, named } from "../database/rows.ts";
import { enterStates } from "../database/trust.ts";
import { bytes, Tables } from "../database/tables.ts";

/**
 * Wraps all data keys to the wanted recipients. Adds a new data key if `keyGeneration` was raised, or if a recipient
 * was removed, who may have kept the old one. Events stay unchanged. Throws MarkChanged if the state carries another mark
 * than `expected`, or is gone.
 */
export async function bringKeysInLine(
  session: WriteSession,
  want: NewKeyInputs & { readonly schema: string },
  expected: Mark | undefined,
): Promise<void> {
  const tables = new Tables(want.schema);
  const wanted = await allRecipients(want);
  await enterStates(session, want.schema);
  await session.transaction(
    async () => {
      const [[row], keys] = await session.queryEach<[{ id: string; mark: string | null }, StoredKey]>(
        sql`select id, mark from ${named(tables, want.name)} for update`,
        keysOf(tables, want.name),
      );
      if (row === undefined) throw new MarkChanged();
      requireMark(readMark(row.mark), expected);
      const newest = keys.at(-1);
      const generation = newest?.generation ?? want.keyGeneration;
      if (want.keyGeneration < generation) throw generationIsHigher(generation);

      const ring = new KeyRing(want, keys);
      const changes: Sql[] = [];
      for (const { number, recipients } of keys) {
        if (hasSameMembers(recipients, wanted)) continue;
        const wrapped = await (await ring.get(number)).rewrap(wanted);
        changes.push(sql`
          update ${tables.dataKey} set wrapped = ${bytes(wrapped)}, recipients = ${wanted}
          where state = ${row.id} and number = ${number}`);
      }
      const isSomebodyGone = keys.some(({ recipients }) => recipients.some((one) => !wanted.includes(one)));
      if (want.keyGeneration > generation || isSomebodyGone) {
        const { stored } = await makeKey(want, (newest?.number ?? 0) + 1);
        changes.push(keyInsert(tables, row.id, stored));
      }
      await session.execute(...changes);
    },
    lockForTransaction("states of schema", want.schema),
  );
}

const hasSameMembers = (recipients: readonly string[], wanted: readonly string[]): boolean =>
  [...recipients].sort().join("\n") === wanted.join("\n");

function generationIsHigher(generation: number): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`the generation of its data key is ${generation} and cannot be lowered`, {
    code: "state.key.generation",
    hint: `Set \`keyGeneration\` to ${generation}, or to a higher number for a new data key`,
  });
}
