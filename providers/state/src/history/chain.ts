import { createHash } from "node:crypto";
import { isExactObject, parseExact, ProviderError, type ExactJson } from "@nixops4-resources/protocol-core";
import type { DataKey } from "@nixops4-resources/protocol-secrets";
import type { StateFileEvent } from "@nixops4-resources/protocol-state";
import type { ErrorCode } from "../errors.ts";

/** A place in a state's history: after this event, which has this hash. */
export interface Position {
  readonly index: number;
  readonly hash: Buffer;
}

/** Before the first event. */
export const origin: Position = { index: -1, hash: Buffer.alloc(0) };

/** An event as it lies in the table. */
export interface SealedEvent {
  readonly index: number;
  /** What NixOps4 did: `create`, `update`. Ours are `init`, and `import` for one that came without a name. */
  readonly event: string;
  /** Empty where NixOps4 has not told. */
  readonly nixopsVersion: string;
  /** Number of the data key. */
  readonly dataKey: number;
  readonly sealed: Buffer;
  readonly hash: Buffer;
}

/** What is encrypted in an event. */
export interface EventBody {
  readonly patch: readonly ExactJson[];
  /** Where it came from a file: what stood beside the patch. */
  readonly file?: Omit<StateFileEvent, "patch">;
}

/** The document after the event of this index, as it lies in the table. */
export interface SealedSnapshot extends Position {
  readonly dataKey: number;
  readonly sealed: Buffer;
}

/** A data key and the number under which the table has it. */
export interface NumberedKey {
  readonly number: number;
  readonly key: DataKey;
}

/**
 * Each event is encrypted under words that say whose it is, its number, and the hash of the one before: it opens nowhere
 * else. The hash of all that is known without the key too, so that a backup can be checked by who may not read it.
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

/** Throws ProviderError (`state.damaged`) for anything but the event that was once written after `before`. */
export function openEvent(state: string, before: Position, stored: SealedEvent, key: DataKey): EventBody {
  const body = open(`event ${stored.index}`, () => key.open(stored.sealed, eventWords(state, before, stored)));
  if (!isExactObject(body) || !Array.isArray(body["patch"])) throw damaged(`event ${stored.index} has no patch`);
  const { patch, file } = body;
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only who has the key can have written it, with sealEvent
  return { patch, ...(isExactObject(file) && { file: file as unknown as Omit<StateFileEvent, "patch"> }) };
}

/** What is wrong with an event's place in the chain, in words; this needs no key. */
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

/** Throws ProviderError (`state.damaged`) for anything but the document that was once written for this place. */
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
    hint: "Run `nixops4-resources-state verify`, which names all that is wrong; docs/state.md tells how to restore a backup",
    cause,
  });
}
