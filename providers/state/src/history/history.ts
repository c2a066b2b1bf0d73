import type { ExactJson, ExactObject } from "@nixops4-resources/protocol-core";
import { applyPatch, flawOfState, isStateDocument, PatchError } from "@nixops4-resources/protocol-state";
import { damaged, flawInChain, openEvent, openSnapshot, origin, type Position, type SealedEvent } from "./chain.ts";
import { KeyRing, type KeyInputs } from "../keys/keys.ts";
import type { StateParts } from "../database/rows.ts";

/** A state after its last event, with the keys to write the next one. */
export interface State {
  readonly id: string;
  readonly head: Position;
  readonly document: ExactObject;
  readonly keys: KeyRing;
}

/** Checks every part and builds the document. Throws `state.damaged`, which names the damaged part. */
export async function assemble({ row, keys, snapshot, events }: StateParts, inputs: KeyInputs): Promise<State> {
  const ring = new KeyRing(inputs, keys);
  let head: Position = snapshot ?? origin;
  let document: ExactJson = snapshot ? openSnapshot(row.id, snapshot, await ring.get(snapshot.dataKey)) : null;
  for (const event of events) {
    document = await replay(row.id, head, event, document, ring);
    head = event;
  }
  if (head.index !== row.index || !head.hash.equals(row.hash)) throw damaged(headMismatch(head, row));
  if (!isStateDocument(document)) throw damaged(`the document after its events ${flawOfState(document)}`);
  return { id: row.id, head, document, keys: ring };
}

/** The document after one more event. */
export async function replay(
  state: string,
  before: Position,
  event: SealedEvent,
  document: ExactJson,
  keys: KeyRing,
): Promise<ExactJson> {
  const flaw = flawInChain(before, event);
  if (flaw !== undefined) throw damaged(flaw);
  const { patch } = openEvent(state, before, event, await keys.get(event.dataKey));
  try {
    return applyPatch(document, patch);
  } catch (error) {
    if (!(error instanceof PatchError)) throw error;
    throw damaged(`event ${event.index} does not apply: ${error.message}`, error);
  }
}

export function headMismatch(head: Position, row: Position): string {
  if (head.index === row.index) return `the hash in the head differs from the hash of event ${head.index}`;
  return head.index < row.index
    ? `event ${head.index + 1} is missing: the head says that the last event is ${row.index}`
    : `the head says that the last event is ${row.index}, but it is ${head.index}`;
}
