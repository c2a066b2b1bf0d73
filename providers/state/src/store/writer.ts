import {
  ProviderError,
  retry,
  type Connecting,
  type ExactJson,
  type ExactObject,
  type StateEvent,
  type StateStore,
} from "@nixops4-resources/protocol-core";
import { sql, sqlStateOf, type Sql, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { applyPatch, flawOfState, isStateDocument, PatchError } from "@nixops4-resources/protocol-state";
import { sealEvent, sealSnapshot, type NumberedKey, type SealedEvent, type SealedSnapshot } from "../history/chain.ts";
import { LongSession } from "../database/long-session.ts";
import type { ErrorCode } from "../errors.ts";
import type { State } from "../history/history.ts";
import { endOwn, tryLock, waitForLock, type TriedLock } from "./lock.ts";
import { lockAndRead, missing, type StateInputs } from "./read-state.ts";
import { eventInsert, named, snapshotInsert, stateColumns, type StateRow } from "../database/rows.ts";
import { Writer } from "../database/stamp.ts";
import { enterStates } from "../database/trust.ts";
import { bytes, Tables, wrongTime } from "../database/tables.ts";

/** Number of events between snapshots. Reading a state never needs more events than this. */
export const snapshotEvery = 100;

/** An event being written, and the state after it. */
interface Attempt {
  readonly event: SealedEvent;
  readonly snapshot: SealedSnapshot | undefined;
  readonly after: State;
}

/**
 * Writes to a state. Its lock keeps out other writers until it is closed, and belongs to the connection. If the
 * connection breaks, the writer takes the lock again, and continues only if nobody has written meanwhile. Each event
 * also checks the head that it follows, in case two writers ever have the lock.
 */
export class StateWriter implements StateStore {
  readonly #inputs: StateInputs;
  readonly #tables: Tables;
  readonly #key: NumberedKey;
  #state: State;
  /** Undefined if the connection is known to be lost. */
  #link: LongSession<WriteSession> | undefined;
  #writer: Writer;
  /** An event of which it is unknown whether the server stored it. */
  #unsettled: Attempt | undefined;

  private constructor(
    inputs: StateInputs,
    link: LongSession<WriteSession>,
    { writer, state }: { writer: Writer; state: State },
    key: NumberedKey,
  ) {
    this.#inputs = inputs;
    this.#tables = new Tables(inputs.schema);
    this.#link = link;
    this.#writer = writer;
    this.#state = state;
    this.#key = key;
  }

  static async open(inputs: StateInputs, request: Connecting): Promise<StateWriter> {
    const link = await LongSession.openWriter(inputs.connection, request);
    return await orGiveUp(link, async () => {
      const locked = await link.during(request, (session) => lockAndRead(session, inputs));
      return new StateWriter(inputs, link, locked, await locked.state.keys.newest());
    });
  }

  async read(): Promise<ExactObject> {
    return this.#state.document;
  }

  async append(event: StateEvent, request: Connecting): Promise<void> {
    let attempt: Attempt | undefined;
    await retry(
      async () => {
        const link = await this.#connected(request);
        // The server had stored the event although the connection broke.
        if (attempt !== undefined && attempt.after === this.#state) return;
        attempt = this.#prepare(event);
        await this.#write(link, attempt, request);
      },
      // About half a minute, enough for a restart of the server. Stops when the request's time is over.
      { isSafe: (error) => (isLost(error) || isWrongTime(error)) && !request.signal.aborted, tries: 12 },
    );
  }

  #prepare({ event, nixopsVersion, patch }: StateEvent): Attempt {
    const { id, head } = this.#state;
    const document = patched(this.#state.document, patch);
    const sealed = sealEvent(id, head, { event, nixopsVersion, ...this.#writer.stamp() }, { patch }, this.#key);
    const isRound = sealed.index % snapshotEvery === 0;
    return {
      event: sealed,
      snapshot: isRound ? sealSnapshot(id, sealed, document, this.#key) : undefined,
      after: { ...this.#state, head: sealed, document },
    };
  }

  async #write(link: LongSession<WriteSession>, attempt: Attempt, request: Connecting): Promise<void> {
    this.#unsettled = attempt;
    try {
      const { id, head } = this.#state;
      const command = appendCommand(this.#tables, id, head, attempt);
      const written = await link.during(request, (session) => session.query(command));
      if (written.length === 0) throw moved();
      this.#state = attempt.after;
      this.#settle(attempt);
    } catch (error) {
      if (isLost(error)) this.#lose(link);
      // A clock was set, or this process was stopped: ask the server again.
      else if (isWrongTime(error)) this.#writer = await Writer.of(link.session, this.#writer);
      // Any answer of the server settles the event, also an error.
      if (!isLost(error)) this.#settle(attempt);
      throw error;
    }
  }

  #settle(attempt: Attempt): void {
    if (this.#unsettled === attempt) this.#unsettled = undefined;
  }

  async #connected(request: Connecting): Promise<LongSession<WriteSession>> {
    // If a request ended without an answer, the connection may be lost without having reported it.
    if (this.#link !== undefined && this.#unsettled !== undefined) this.#lose(this.#link);
    if (this.#link !== undefined) return this.#link;
    const link = await LongSession.openWriter(this.#inputs.connection, request);
    return await orGiveUp(link, async () => {
      const { writer, row } = await link.during(request, (session) => this.#lockAgain(session));
      this.#goOnFrom(row);
      this.#writer = writer;
      this.#link = link;
      return link;
    });
  }

  async #lockAgain(session: WriteSession): Promise<{ writer: Writer; row: StateRow }> {
    const { name } = this.#inputs;
    const tried = tryLock(this.#tables, name);
    const head = sql`select ${stateColumns} from ${named(this.#tables, name)}`;
    await session.query(endOwn(this.#writer.own));
    const writer = await Writer.of(session);
    await enterStates(session, this.#inputs.schema);
    let [[lock], [row]] = await session.queryEach<[TriedLock, StateRow]>(tried, head);
    if (lock !== undefined && !lock.locked) {
      await waitForLock(session, this.#tables, this.#inputs);
      [[lock], [row]] = await session.queryEach<[TriedLock, StateRow]>(tried, head);
    }
    if (lock === undefined || row === undefined) throw missing(this.#inputs);
    return { writer, row };
  }

  /** Continues after taking the lock again. Throws if somebody else has written meanwhile. */
  #goOnFrom({ id, hash }: StateRow): void {
    if (id !== this.#state.id) throw moved();
    const arrived = this.#unsettled?.event.hash.equals(hash) === true ? this.#unsettled : undefined;
    if (arrived === undefined && !hash.equals(this.#state.head.hash)) throw moved();
    if (arrived !== undefined) this.#state = arrived.after;
    // An event that was not stored never will be: its session was ended.
    this.#unsettled = undefined;
  }

  #lose(link: LongSession<WriteSession>): void {
    link.abandon();
    if (this.#link === link) this.#link = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#link?.[Symbol.asyncDispose]();
  }
}

/**
 * Stores event, snapshot and head in one statement. Returns no row if the head is not the one that the event follows.
 */
function appendCommand(
  tables: Tables,
  id: string,
  before: State["head"],
  { event, snapshot }: Pick<Attempt, "event" | "snapshot">,
): Sql {
  const fence = sql`
    moved as (
      update ${tables.state} set head = ${event.index}, head_hash = ${bytes(event.hash)}
      where id = ${id} and head = ${before.index} and head_hash = ${bytes(before.hash)} and destroyed_at is null
      returning id
    )`;
  const round = snapshot && sql`, round as (${snapshotInsert(tables, id, snapshot)} from moved)`;
  return sql`with ${fence}${round ?? sql``} ${eventInsert(tables, id, event)} from moved returning index`;
}

function patched(document: ExactObject, patch: readonly ExactJson[]): ExactObject {
  try {
    const next = applyPatch(document, patch);
    if (isStateDocument(next)) return next;
    throw new PatchError(`NixOps4 could not read the result: the document ${flawOfState(next)}`);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw new ProviderError<ErrorCode>(
      `the change does not apply to the state: ${error.message}; nothing was written`,
      {
        code: "state.patch",
        hint: "Apply again: apply reads the current state first",
        cause: error,
      },
    );
  }
}

const lossCodes = new Set([
  "postgres.connection.closed",
  "postgres.connection.starting",
  "postgres.connection.tooMany",
  "postgres.connection.unreachable",
]);

const isWrongTime = (error: unknown): boolean => sqlStateOf(error) === wrongTime;

const isLost = (error: unknown): boolean => error instanceof ProviderError && lossCodes.has(error.code);

function moved(): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("another run has written to it since this run read it; nothing was written", {
    code: "state.moved",
    hint: "Apply again: apply reads the current state first. `nixops4-resources-state log` shows who has written",
  });
}

/** Closes the session if the work fails, which frees the lock. */
async function orGiveUp<T>(link: LongSession, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    link.abandon();
    throw error;
  }
}
