import { isExactObject, parseExact, type ExactJson, type ExactObject } from "@nixops4-resources/protocol-core";
import { PatchError, readPatch } from "./patch.ts";

/**
 * One event in the file of NixOps4's resource type `state_file`. The file is a sequence of JSON objects, each with a
 * patch to the previous state; the first one creates the state. Source: rust/nixops4-resources-local/src/state.rs
 */
export interface StateFileEvent {
  /** 0 in every event that NixOps4 writes. */
  index: number;
  /** The time, as RFC 3339, and the event (except in the first): `create`, `update`. */
  meta: ExactObject & { time: string };
  patch: ExactJson[];
}

/** The text is not a state file. The message says where and why. */
export class StateFileError extends Error {
  override readonly name = "StateFileError";
}

/** The events of a file. Does not check whether their patches apply. Throws StateFileError. */
export function parseStateFile(text: string): StateFileEvent[] {
  const events = [...splitObjects(text)].map(({ offset, text: part }, number) => {
    const event = readEvent(part);
    if (typeof event === "string") {
      throw new StateFileError(`event ${number}, at character ${offset}, is invalid: ${event}`);
    }
    return event;
  });
  const [first] = events;
  if (first === undefined) throw new StateFileError("it has no events");
  if (first.index !== 0) throw new StateFileError("its first event must have index 0");
  return events;
}

/** The event as NixOps4 writes it. */
export const formatStateFileEvent = ({ index, meta, patch }: StateFileEvent): string =>
  `${JSON.stringify({ index, meta, patch }, null, 2)}\n`;

/** Splits a text into its JSON objects. Skips strings, since they may contain braces. */
function* splitObjects(text: string): Generator<{ offset: number; text: string }> {
  let depth = 0;
  let offset = 0;
  for (const token of text.matchAll(/"(?:[^"\\]+|\\.)*"|[{}]/gs)) {
    if (token[0] === "{") depth += 1;
    if (token[0] !== "}") continue;
    depth -= 1;
    if (depth > 0) continue;
    const end = token.index + 1;
    yield { offset, text: text.slice(offset, end) };
    offset = end;
  }
  if (text.slice(offset).trim() !== "") {
    throw new StateFileError(`the event at character ${offset} is incomplete`);
  }
}

/** The event, or the reason why it is invalid. */
function readEvent(text: string): StateFileEvent | string {
  let event: ExactJson;
  try {
    event = parseExact(text);
  } catch {
    return "it is not JSON";
  }
  if (!isExactObject(event)) return "it is not an object";
  const { index, meta, patch } = event;
  if (typeof index !== "number" || !Number.isSafeInteger(index) || index < 0)
    return "its `index` is not a whole number >= 0";
  if (!isExactObject(meta) || !hasTime(meta)) return "its `meta` has no `time`";
  if (!Array.isArray(patch)) return "its `patch` is not an array";
  try {
    readPatch(patch);
  } catch (error) {
    if (error instanceof PatchError) return error.message;
    throw error;
  }
  return { index, meta, patch };
}

const hasTime = (meta: ExactObject): meta is ExactObject & { time: string } => typeof meta["time"] === "string";
