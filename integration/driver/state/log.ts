import { constants } from "node:fs";
import { access, open, readFile, rm, type FileHandle } from "node:fs/promises";
import { codeOf, type ExactJson, type ExactObject } from "@nixops4-resources/protocol-core";
import {
  applyPatch,
  formatStateFileEvent,
  parseStateFile,
  PatchError,
  resourcesIn,
  StateFileError,
  type StateFileEvent,
} from "@nixops4-resources/protocol-state";
import type { Operation } from "rfc6902";
import { DriverError, reasonOf } from "../errors.ts";
import { isJsonObject, parseJson } from "../json.ts";
import { checkState, emptyState, type StateDocument } from "./document.ts";

/** Creates the file with its first event, unless it exists. Returns whether it was created. */
export async function createStateLog(file: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    // It contains inputs and outputs in clear, so only the owner may read it.
    handle = await open(file, "wx", 0o600);
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw unable("create", file, reasonOf(error), error);
  }
  await using _ = handle;
  await append(handle, event({}, [{ op: "add", path: "", value: emptyState }]));
  return true;
}

export async function existsStateLog(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return false;
    throw unable("read", file, reasonOf(error), error);
  }
}

/** Removes the file. Throws DriverError if its state still has resources, which would be forgotten. */
export async function removeStateLog(file: string): Promise<void> {
  const [first, ...more] = resourcesIn(await readStateLog(file));
  if (first !== undefined) {
    const others = more.length === 0 ? "" : ` and ${more.length} more`;
    throw unable("delete", file, `it still has ${first}${others}`);
  }
  await rm(file);
}

/** Throws DriverError if the file is missing, is damaged, or ends in the middle of an event. */
export async function readStateLog(file: string): Promise<StateDocument> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw unable("read", file, reasonOf(error), error);
  }
  let state: ExactJson = null;
  for (const [number, { patch }] of eventsIn(text, file).entries()) {
    try {
      state = applyPatch(state, patch);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      throw unable("read", file, `event ${number} cannot be applied: ${error.message}`, error);
    }
  }
  const document = parseJson(JSON.stringify(state));
  return checkState(isJsonObject(document) ? document : {}, file);
}

/** Appends one event, which is on disk when this returns. */
export async function appendStateEvent(file: string, name: string, patch: readonly Operation[]): Promise<void> {
  try {
    // Without O_CREAT: a file that was deleted meanwhile must not be created without its first event.
    await using handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
    await append(handle, event({ event: name }, patch));
  } catch (error) {
    throw unable("write", file, reasonOf(error), error);
  }
}

function eventsIn(text: string, file: string): StateFileEvent[] {
  try {
    return parseStateFile(text);
  } catch (error) {
    if (!(error instanceof StateFileError)) throw error;
    throw unable("read", file, error.message, error);
  }
}

function event(meta: ExactObject, patch: readonly Operation[]): string {
  const operations = patch.map((operation): ExactObject => ({ ...operation }));
  return formatStateFileEvent({ index: 0, meta: { time: new Date().toISOString(), ...meta }, patch: operations });
}

async function append(handle: FileHandle, text: string): Promise<void> {
  await handle.appendFile(text);
  await handle.datasync();
}

function unable(verb: string, file: string, reason: string, cause?: unknown): DriverError {
  return new DriverError("driver.state.log", `Unable to ${verb} the state log ${file}: ${reason}.`, { cause });
}
