import { createHash } from "node:crypto";
import { isExactObject, parseExact, ProviderError, type ExactJson } from "@nixops4-resources/protocol-core";
import type { DataKey } from "@nixops4-resources/protocol-secrets";
import type { StateFileEvent } from "@nixops4-resources/protocol-state";
import type { ErrorCode } from "../errors.ts";

/** A position in a state's history: after the event with this index and hash. */
export interface Position {
  readonly index: number;
  readonly hash: Buffer;
}

/** The position before the first event. */
export const origin: Position = { index: -1, hash: Buffer.alloc(0) };

/** Who writes an event, and when. The client sends it, since it is authenticated; a trigger rejects false values. */
export interface Stamp {
  /** RFC 3339, in UTC, with microseconds. */
  readonly at: string;
  /** The role of the writer's login. */
  readonly actor: string;
  /** Null over a Unix socket. */
  readonly address: string | null;
  readonly application: string;
}

/** An event as stored in the table. */
export interface SealedEvent extends Stamp {
  readonly index: number;
  /**
   * NixOps4's action: `create`, `update`. This provider writes `init` for the first event and imported ones without a
   * name.
   */
  readonly event: string;
  /** Empty if NixOps4 did not send it. */
  readonly nixopsVersion: string;
  /** Number of the data key. */
  readonly dataKey: number;
  readonly sealed: Buffer;
  readonly hash: Buffer;
}

/** The encrypted part of an event. */
export interface EventBody {
  readonly patch: readonly ExactJson[];
  /** For an imported event: the other fields in the file. */
  readonly file?: Omit<StateFileEvent, "patch">;
}

/** The document after the event with this index, as stored in the table. */
export interface SealedSnapshot extends Position {
  readonly dataKey: number;
  readonly sealed: Buffer;
}

/** A data key and its number in the table. */
export interface NumberedKey {
  readonly number: number;
  readonly key: DataKey;
}

/**
 * Encrypts an event. The associated data names the state, the index, the writer and the previous hash, so that the event
 * does not open in another place or with other columns. The hash covers only data that is visible without the key, so that a backup can be checked
 * without it.
 */
export function sealEvent(
  state: string,
  before: Position,
  visible: Visible,
  body: EventBody,
  { number, key }: NumberedKey,
): SealedEvent {
  const index = before.index + 1;
  const sealed = key.seal(Buffer.from(JSON.stringify(body)), eventWords(state, before, visible));
  return { index, ...visible, dataKey: number, sealed, hash: nextHash(before, { ...visible, sealed }) };
}

/** Throws ProviderError (`state.damaged`) unless this event was written after `before`. */
export function openEvent(state: string, before: Position, stored: SealedEvent, key: DataKey): EventBody {
  const body = open(`event ${stored.index}`, () => key.open(stored.sealed, eventWords(state, before, stored)));
  if (!isExactObject(body) || !Array.isArray(body["patch"])) throw damaged(`event ${stored.index} has no patch`);
  const { patch, file } = body;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only sealEvent can have written it, with the key
  return { patch, ...(isExactObject(file) && { file: file as unknown as Omit<StateFileEvent, "patch"> }) };
}

/** Describes what is wrong with an event's position in the chain. Needs no key. */
export function flawInChain(before: Position, event: SealedEvent): string | undefined {
  const { index, hash } = event;
  if (index > before.index + 1) return `event ${before.index + 1} is missing`;
  return nextHash(before, event).equals(hash) ? undefined : `event ${index} was changed after it was written`;
}

export function sealSnapshot(
  state: string,
  at: Position,
  document: ExactJson,
  { number, key }: NumberedKey,
): SealedSnapshot {
  const sealed = key.seal(Buffer.from(JSON.stringify(document)), snapshotWords(state, at));
  return { ...at, dataKey: number, sealed };
}

/** Throws ProviderError (`state.damaged`) unless this document was written for this position. */
export const openSnapshot = (state: string, stored: SealedSnapshot, key: DataKey): ExactJson =>
  open(`the snapshot after event ${stored.index}`, () => key.open(stored.sealed, snapshotWords(state, stored)));

const eventWords = (state: string, { index, hash }: Position, visible: Visible): string =>
  `event ${index + 1} of state ${state}, ${visibleWords(visible)}, after ${hash.toString("hex")}`;

/** The columns that are not encrypted. */
export type Visible = Stamp & Pick<SealedEvent, "event" | "nixopsVersion">;

const visibleWords = ({ event, nixopsVersion, at, actor, address, application }: Visible): string =>
  JSON.stringify([event, nixopsVersion, at, actor, address, application]);

const snapshotWords = (state: string, { index, hash }: Position): string =>
  `snapshot of state ${state} after event ${index}, ${hash.toString("hex")}`;

/** Hash of the visible columns, which has a fixed length, so that no byte can move between them and `sealed`. */
const visibleHash = (visible: Visible): Buffer => createHash("sha256").update(visibleWords(visible)).digest();

export const nextHash = ({ hash }: Position, event: Visible & Pick<SealedEvent, "sealed">): Buffer =>
  createHash("sha256").update(hash).update(visibleHash(event)).update(event.sealed).digest();

function open(what: string, decrypt: () => Buffer): ExactJson {
  try {
    return parseExact(decrypt().toString());
  } catch (error) {
    throw damaged(`${what} cannot be trusted: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}

export function damaged(reason: string, cause?: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, {
    code: "state.damaged",
    hint: "Run `nixops4-resources-state verify` to list all damage, then restore a backup as described in docs/state.md",
    cause,
  });
}
