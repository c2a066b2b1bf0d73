import { ProviderError, type Connecting, type ExactJson } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import { openSnapshot, origin, type Position, type SealedEvent, type SealedSnapshot } from "./chain.ts";
import { LongSession } from "../database/long-session.ts";
import type { ErrorCode } from "../errors.ts";
import { replay } from "./history.ts";
import { KeyRing, type StoredKey } from "../keys/keys.ts";
import { missing, orMissing, type StateInputs } from "../store/read-state.ts";
import { allEvents, allSnapshots, keysOf, named, stateColumns, type StateRow } from "../database/rows.ts";
import { enterStates } from "../database/trust.ts";
import { Tables } from "../database/tables.ts";

/** A complete history, archived events included. */
export interface Chronicle {
  readonly row: StateRow;
  readonly keys: readonly StoredKey[];
  readonly ring: KeyRing;
  readonly events: readonly SealedEvent[];
  readonly snapshots: readonly SealedSnapshot[];
}

export async function readChronicle(inputs: StateInputs, request: Connecting): Promise<Chronicle> {
  await using link = await LongSession.openReader(inputs.connection, request);
  return await link.during(request, (session) => chronicleIn(session, inputs));
}

export async function chronicleIn(session: ReadSession, inputs: StateInputs): Promise<Chronicle> {
  const tables = new Tables(inputs.schema);
  const { name } = inputs;
  await enterStates(session, inputs.schema);
  const queries = [
    sql`select ${stateColumns} from ${named(tables, name)}`,
    keysOf(tables, name),
    allEvents(tables, name),
    allSnapshots(tables, name),
  ] as const;
  const [[row], keys, events, snapshots] = await orMissing(inputs, () =>
    session.queryEach<[StateRow, StoredKey, SealedEvent, SealedSnapshot]>(...queries),
  );
  if (row === undefined) throw missing(inputs);
  return { row, keys, ring: new KeyRing(inputs, keys), events, snapshots };
}

/** The start of the history: before the first event, or a snapshot if the archive was emptied. */
export async function beginning({
  row,
  ring,
  events,
  snapshots,
}: Chronicle): Promise<Position & { document: ExactJson }> {
  const firstIndex = events[0]?.index ?? row.index + 1;
  if (firstIndex === 0) return { ...origin, document: null };
  const snapshot = snapshots.find(({ index }) => index === firstIndex - 1);
  if (snapshot === undefined) throw unreachable(0, firstIndex, row.index);
  return { ...snapshot, document: openSnapshot(row.id, snapshot, await ring.get(snapshot.dataKey)) };
}

/** The document after the event with this index. Checks every event up to it. */
export async function documentAt(chronicle: Chronicle, index: number): Promise<ExactJson> {
  const { row, ring, events } = chronicle;
  const begin = await beginning(chronicle);
  if (index < Math.max(begin.index, 0) || index > row.index) {
    throw unreachable(index, Math.max(begin.index, 0), row.index);
  }
  let { document } = begin;
  let head: Position = begin;
  for (const event of events.filter((candidate) => candidate.index <= index)) {
    document = await replay(row.id, head, event, document, ring);
    head = event;
  }
  return document;
}

function unreachable(index: number, first: number, last: number): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`event ${index} does not exist: the history has events ${first} to ${last}`, {
    code: "state.unreachableIndex",
    hint: "Run `nixops4-resources-state log` to list the events",
  });
}
