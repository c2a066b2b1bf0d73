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

/** An event as stored in the table. */
export interface SealedEvent {
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
 * Encrypts an event. The associated data names the state, the index and the previous hash, so that the event does not
 * open in another place. The hash covers only data that is visible without the key, so that a backup can be checked
 * without it.
 */
export function sealEvent(
  state: string,
  before: Position,
  { event, nixopsVersion }: Pick<SealedEvent, "event" | "nixopsVersion">,
  body: EventBody,
  { number, key }: NumberedKey,
): SealedEvent {
  const index = before.index + 1;
  const sealed = key.seal(Buffer.from(JSON.stringify(body)), eventWords(state, before, { event, nixopsVersion }));
  return { index, event, nixopsVersion, dataKey: number, sealed, hash: nextHash(before, sealed) };
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
export function flawInChain(before: Position, { index, sealed, hash }: SealedEvent): string | undefined {
  if (index > before.index + 1) return `event ${before.index + 1} is missing`;
  return nextHash(before, sealed).equals(hash) ? undefined : `event ${index} was changed after it was written`;
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

const eventWords = (state: string, { index, hash }: Position, { event, nixopsVersion }: EventName): string =>
  `event ${index + 1} of state ${state}, ${JSON.stringify([event, nixopsVersion])}, after ${hash.toString("hex")}`;

type EventName = Pick<SealedEvent, "event" | "nixopsVersion">;

const snapshotWords = (state: string, { index, hash }: Position): string =>
  `snapshot of state ${state} after event ${index}, ${hash.toString("hex")}`;

const nextHash = ({ hash }: Position, sealed: Buffer): Buffer =>
  createHash("sha256").update(hash).update(sealed).digest();

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
