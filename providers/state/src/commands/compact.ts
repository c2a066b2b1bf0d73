import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { sql } from "@nixops4-resources/protocol-postgres";
import { sealSnapshot } from "../history/chain.ts";
import { chronicleIn, documentAt } from "../history/chronicle.ts";
import { LongSession } from "../database/long-session.ts";
import { lockAndRead } from "../store/read-state.ts";
import { snapshotInsert } from "../database/rows.ts";
import { Tables } from "../database/tables.ts";
import { expectPositionals, readCount, readInputs, requestOf } from "./target.ts";

/**
 * Moves events to the archive table, and stores a snapshot that the remaining events follow. The archive is for people:
 * it may be dumped and emptied.
 */
export async function compact(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const keep = readCount(given.values["keep"], "--keep", 100);
  const inputs = await readInputs(given);
  const request = requestOf(inputs);
  const tables = new Tables(inputs.schema);
  await using link = await LongSession.openWriter(inputs.connection, request);
  const { state } = await lockAndRead(link.session, inputs);
  const chronicle = await chronicleIn(link.session, inputs);
  const last = chronicle.events.find(({ index }) => index === state.head.index - keep);
  const id = state.id;
  const report = (moved: number, text: string): void =>
    print(given.values["json"] === true ? toJson({ moved, upTo: last?.index ?? null, kept: keep }) : text);
  if (last === undefined) {
    report(0, `nothing to move: the state has ${state.head.index + 1} events, ${keep} are kept\n`);
    return 0;
  }
  const snapshot = sealSnapshot(id, last, await documentAt(chronicle, last.index), await state.keys.newest());
  const [row] = await link.session.query<{ moved: number }>(sql`
    ${snapshotInsert(tables, id, snapshot)} on conflict do nothing;
    insert into ${tables.archive} select * from ${tables.event} where state = ${id} and index <= ${last.index};
    delete from ${tables.snapshot} where state = ${id} and index < ${last.index};
    with gone as (delete from ${tables.event} where state = ${id} and index <= ${last.index} returning 1)
    select count(*)::integer as moved from gone`);
  const moved = row?.moved ?? 0;
  report(moved, `moved ${moved} events to the archive, up to event ${last.index}; ${keep} are kept\n`);
  return 0;
}
