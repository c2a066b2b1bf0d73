import { ProviderError, type Connecting } from "@nixops4-resources/protocol-core";
import { sqlStateOf, type Connection, type ReadSession } from "@nixops4-resources/protocol-postgres";
import { LongSession } from "../database/long-session.ts";
import type { ErrorCode } from "../errors.ts";
import { assemble, type State } from "../history/history.ts";
import type { KeyInputs } from "../keys/keys.ts";
import { tryLock, waitForLock, type TriedLock } from "./lock.ts";
import { partsOf, toParts, type PartRows, type StateParts } from "../database/rows.ts";
import { Writer } from "../database/stamp.ts";
import { enterStates } from "../database/trust.ts";
import { Tables } from "../database/tables.ts";

/** The inputs that are needed to open a state. */
export interface StateInputs extends KeyInputs {
  readonly connection: Connection;
  readonly schema: string;
  readonly lockTimeoutSeconds: number;
}

/** The current state, read without a lock. */
export async function readState(inputs: StateInputs, request: Connecting): Promise<State> {
  await using link = await LongSession.openReader(inputs.connection, request);
  const queries = partsOf(new Tables(inputs.schema), inputs.name);
  const rows = await link.during(request, async (session) => {
    await enterStates(session, inputs.schema);
    return await orMissing(inputs, () => session.queryEach<PartRows>(...queries));
  });
  return await assemble(there(toParts(rows), inputs), inputs);
}

/** Takes the state's lock, then reads it. Nobody else can change the state until the session ends. */
export async function lockAndRead(
  session: ReadSession,
  inputs: StateInputs,
): Promise<{ writer: Writer; state: State }> {
  const tables = new Tables(inputs.schema);
  const queries = [tryLock(tables, inputs.name), ...partsOf(tables, inputs.name)] as const;
  const writer = await Writer.of(session);
  await enterStates(session, inputs.schema);
  // One round trip if the lock is free. The queries after the lock see everything that was written before it.
  let [[lock], ...rows] = await orMissing(inputs, () => session.queryEach<[TriedLock, ...PartRows]>(...queries));
  if (lock?.locked === false) {
    await waitForLock(session, tables, inputs);
    // Takes the lock a second time, which is harmless: the end of the session frees both.
    [[lock], ...rows] = await session.queryEach<[TriedLock, ...PartRows]>(...queries);
  }
  if (lock === undefined) throw missing(inputs);
  return { writer, state: await assemble(there(toParts(rows), inputs), inputs) };
}

/** Reports a missing state if the tables are missing. */
export async function orMissing<T>(inputs: StateInputs, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    // undefined_table
    throw sqlStateOf(error) === "42P01" ? missing(inputs) : error;
  }
}

function there(parts: StateParts | undefined, inputs: StateInputs): StateParts {
  if (parts === undefined) throw missing(inputs);
  return parts;
}

export function missing({ name, schema, connection: { database } }: StateInputs): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`schema ${schema} of database ${database} has no state ${name}`, {
    code: "state.missing",
    hint: "Apply the state resource first, which creates the state, or correct `name`, `schema` or `connection`",
  });
}
