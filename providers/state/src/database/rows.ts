import { sql, type Sql } from "@nixops4-resources/protocol-postgres";
import type { SealedEvent, SealedSnapshot } from "../history/chain.ts";
import type { StoredKey } from "../keys/keys.ts";
import { bytes, type Tables } from "./tables.ts";

/** The row of a state. */
export interface StateRow {
  readonly id: string;
  readonly mark: string | null;
  /** The last event. */
  readonly index: number;
  readonly hash: Buffer;
}

/** An existing state by its name. A destroyed state keeps its events, but its name is free. */
export const named = (tables: Tables, name: string): Sql =>
  sql`${tables.state} where name = ${name} and destroyed_at is null`;

const idOf = (tables: Tables, name: string): Sql => sql`(select id from ${named(tables, name)})`;

/** Columns of a StateRow. */
export const stateColumns = sql`id, mark, head as index, head_hash as hash`;

/** StoredKey rows. */
export const keysOf = (tables: Tables, name: string): Sql =>
  sql`select number, generation, recipients, wrapped from ${tables.dataKey} where state = ${idOf(tables, name)} order by number`;

const eventColumns = sql`index, event, nixops_version as "nixopsVersion", data_key as "dataKey", sealed, hash,
  actor, host(client_address) as address, application,
  to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

/** The parts of a state that a reader needs: the last snapshot and the events after it. */
export interface StateParts {
  readonly row: StateRow;
  readonly keys: StoredKey[];
  readonly snapshot: SealedSnapshot | undefined;
  readonly events: SealedEvent[];
}

export type PartRows = [StateRow, StoredKey, SealedSnapshot, SealedEvent];

/** The queries for PartRows. Run them in one round trip and one snapshot of the database. */
export function partsOf(tables: Tables, name: string): [Sql, Sql, Sql, Sql] {
  const snapshot = sql`from ${tables.snapshot} where state = ${idOf(tables, name)}`;
  return [
    sql`select ${stateColumns} from ${named(tables, name)}`,
    keysOf(tables, name),
    sql`select index, hash, data_key as "dataKey", sealed ${snapshot} order by index desc limit 1`,
    sql`select ${eventColumns} from ${tables.event}
      where state = ${idOf(tables, name)} and index > coalesce((select max(index) ${snapshot}), -1) order by index`,
  ];
}

/** Undefined if the state does not exist. */
export function toParts([[row], keys, [snapshot], events]: [StateRow[], StoredKey[], SealedSnapshot[], SealedEvent[]]):
  | StateParts
  | undefined {
  return row && { row, keys, snapshot, events };
}

/** All events, archived ones included, oldest first: SealedEvent rows. */
export const allEvents = (tables: Tables, name: string): Sql => sql`
  select ${eventColumns} from ${tables.archive} where state = ${idOf(tables, name)}
  union all select ${eventColumns} from ${tables.event} where state = ${idOf(tables, name)}
  order by index`;

/** All snapshots, oldest first: SealedSnapshot rows. */
export const allSnapshots = (tables: Tables, name: string): Sql =>
  sql`select index, hash, data_key as "dataKey", sealed from ${tables.snapshot} where state = ${idOf(tables, name)} order by index`;

/** A trigger rejects the insert if time or writer are false. */
export const eventInsert = (tables: Tables, id: string, event: SealedEvent): Sql => sql`
  insert into ${tables.event}
    (state, index, event, nixops_version, data_key, sealed, hash, at, actor, client_address, application)
  select ${id}::uuid, ${event.index}, ${event.event}, ${event.nixopsVersion}, ${event.dataKey}, ${bytes(event.sealed)}, ${bytes(event.hash)},
    ${event.at}::timestamptz, ${event.actor}, ${event.address}::inet, ${event.application}`;

export const snapshotInsert = (
  tables: Tables,
  id: string,
  { index, hash, dataKey, sealed }: SealedSnapshot,
): Sql => sql`
  insert into ${tables.snapshot} (state, index, hash, data_key, sealed)
  select ${id}::uuid, ${index}, ${bytes(hash)}, ${dataKey}, ${bytes(sealed)}`;

export const keyInsert = (tables: Tables, id: string, key: StoredKey): Sql => sql`
  insert into ${tables.dataKey} (state, number, generation, recipients, wrapped)
  select ${id}::uuid, ${key.number}, ${key.generation}, ${key.recipients}, ${bytes(key.wrapped)}`;
