import { randomUUID } from "node:crypto";
import {
  AlreadyExists,
  encodeMark,
  MarkChanged,
  readMark,
  requireMark,
  type Listed,
  type Mark,
} from "@nixops4-resources/protocol-core";
import {
  identifier,
  lockForTransaction,
  sql,
  sqlStateOf,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { emptyState } from "@nixops4-resources/protocol-state";
import { origin, sealEvent, type Position, type SealedEvent, type SealedSnapshot } from "../history/chain.ts";
import { makeKey, type NewKeyInputs, type StoredKey } from "../keys/keys.ts";
import { eventInsert, keyInsert, named, snapshotInsert } from "../database/rows.ts";
import { Writer } from "../database/stamp.ts";
import { enterStates, verifyStates } from "../database/trust.ts";
import { bytes, schemasWithStates, Tables, union } from "../database/tables.ts";

/** An existing state, for the resource. */
export interface FoundState {
  readonly mark: string | null;
  /** The recipients of each data key. */
  readonly recipients: readonly (readonly string[])[];
  readonly keyGeneration: number;
}

export async function findState(session: ReadSession, schema: string, name: string): Promise<FoundState | undefined> {
  const tables = new Tables(schema);
  await enterStates(session, schema);
  try {
    const keys = await session.query<{ mark: string | null; generation: number; recipients: string[] }>(sql`
      select mark, generation, recipients from (select id, mark from ${named(tables, name)}) state
      join ${tables.dataKey} on state = id order by number desc`);
    const [newest] = keys;
    if (newest === undefined) return undefined;
    const recipients = keys.map((key) => [...key.recipients].sort());
    return { mark: newest.mark, recipients, keyGeneration: newest.generation };
  } catch (error) {
    // undefined_table
    if (sqlStateOf(error) === "42P01") return undefined;
    throw error;
  }
}

/** Initial content of a state: its first event, or all events of an import. `head` is the last one. */
export interface Beginning {
  readonly id: string;
  readonly key: StoredKey;
  readonly head: Position;
  readonly events: readonly SealedEvent[];
  readonly snapshots: readonly SealedSnapshot[];
}

export interface NewState extends NewKeyInputs {
  readonly schema: string;
}

export async function createState(session: WriteSession, want: NewState, mark: Mark): Promise<void> {
  const id = randomUUID();
  const writer = await Writer.of(session);
  const { key, stored } = await makeKey(want, 1);
  const patch = [{ op: "add", path: "", value: emptyState }];
  const first = sealEvent(
    id,
    origin,
    { event: "init", nixopsVersion: "", ...writer.stamp() },
    { patch },
    { number: 1, key },
  );
  await storeBeginning(session, want, mark, { id, key: stored, head: first, events: [first], snapshots: [] });
}

/**
 * Stores a new state atomically, with the tables if they are missing. Throws AlreadyExists if another process was
 * faster.
 */
export async function storeBeginning(
  session: WriteSession,
  { schema, name }: Pick<NewState, "schema" | "name">,
  mark: Mark,
  { id, key, head, events, snapshots }: Beginning,
): Promise<void> {
  const tables = new Tables(schema);
  await enterStates(session, schema);
  const before = await lookForTables(session, tables);
  try {
    await session.execute(
      lockForTransaction("states of schema", schema),
      ...(before.tables ? [] : tables.creation(before.schema)),
      sql`insert into ${tables.state} (id, name, mark, head, head_hash)
        values (${id}, ${name}, ${encodeMark(mark)}, ${head.index}, ${bytes(head.hash)})`,
      keyInsert(tables, id, key),
      ...events.map((event) => eventInsert(tables, id, event)),
      ...snapshots.map((snapshot) => snapshotInsert(tables, id, snapshot)),
    );
  } catch (error) {
    // A unique_violation of the name, or any error if the tables were created meanwhile.
    const isLate = sqlStateOf(error) === "23505" || (!before.tables && (await lookForTables(session, tables)).tables);
    throw isLate ? new AlreadyExists(name, { cause: error }) : error;
  }
}

async function lookForTables(session: ReadSession, tables: Tables): Promise<{ schema: boolean; tables: boolean }> {
  const [there] = await session.query<{ schema: boolean; tables: boolean }>(sql`
    select to_regnamespace(${identifier(tables.schema).text}) is not null as schema,
      to_regclass(${tables.state.text}) is not null as tables`);
  return there ?? { schema: false, tables: false };
}

/** Replaces the mark `expected`. Throws MarkChanged if the state carries another one, or is gone. */
export async function setStateMark(
  session: WriteSession,
  { schema, name }: Pick<NewState, "schema" | "name">,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  const tables = new Tables(schema);
  await enterStates(session, schema);
  const text = mark === undefined ? null : encodeMark(mark);
  const found = await findMark(session, tables, name, expected);
  const updated = await session.query(sql`
    update ${tables.state} set mark = ${text} where ${carries(name, found)} returning id`);
  if (updated.length === 0) throw new MarkChanged();
}

/** The stored text of the mark `expected`. Throws MarkChanged if the state carries another one, or is gone. */
export async function findMark(
  session: WriteSession,
  tables: Tables,
  name: string,
  expected: Mark | undefined,
): Promise<string | null> {
  const [row] = await session.query<{ mark: string | null }>(sql`
    select mark from ${tables.state} where name = ${name} and destroyed_at is null`);
  if (row === undefined) throw new MarkChanged();
  requireMark(readMark(row.mark), expected);
  return row.mark;
}

/** Condition of a write: the state still has exactly this mark. */
export const carries = (name: string, mark: string | null): Sql =>
  sql`name = ${name} and destroyed_at is null and mark is not distinct from ${mark}`;

/** The states of a deployment in all schemas of the database. */
export async function listStates(session: ReadSession, managedBy: string): Promise<Listed[]> {
  const schemas = await session.query<{ schema: string }>(schemasWithStates);
  if (schemas.length === 0) return [];
  for (const { schema } of schemas) await verifyStates(session, schema);
  const rows = await session.query<{ schema: string; name: string; mark: string | null }>(
    sql`${union(schemas.map(({ schema }) => statesIn(schema)))} order by schema, name`,
  );
  return rows.flatMap(({ schema, name, mark: text }) => {
    const mark = readMark(text);
    return mark?.managedBy === managedBy ? [{ label: name, inputs: { name, schema }, mark }] : [];
  });
}

const statesIn = (schema: string): Sql =>
  sql`select ${schema} as schema, name, mark from ${new Tables(schema).state} where destroyed_at is null`;
