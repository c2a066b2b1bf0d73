import { constants } from "node:fs";
import { open, readFile, type FileHandle } from "node:fs/promises";
import { applyPatch, type Operation } from "rfc6902";
import * as z from "zod";
import { DriverError, reasonOf } from "./errors.ts";
import { parseJson, type JsonObject } from "./json.ts";
import { checkState, emptyState, type StateDocument } from "./state-document.ts";

/**
 * The file of NixOps4's resource type `state_file`: JSON objects one after the other, each with a patch against the
 * state before it; the first makes the state.
 * Source: rust/nixops4-resources-local/src/state.rs
 */

const pointer = z.string();
const operation = z.discriminatedUnion("op", [
  z.object({ op: z.literal("add"), path: pointer, value: z.json() }),
  z.object({ op: z.literal("remove"), path: pointer }),
  z.object({ op: z.literal("replace"), path: pointer, value: z.json() }),
  z.object({ op: z.literal("move"), from: pointer, path: pointer }),
  z.object({ op: z.literal("copy"), from: pointer, path: pointer }),
  z.object({ op: z.literal("test"), path: pointer, value: z.json() }),
]);
const eventSchema = z.object({
  index: z.int().check(z.nonnegative()),
  meta: z.looseObject({ time: z.string() }),
  patch: z.array(operation),
});

/** Makes the file with its first event, unless it is there. Says whether it was made. */
export async function createStateLog(file: string): Promise<boolean> {
  let handle: FileHandle;
  try {
    // Inputs and outputs lie there in clear, so only the owner may read it.
    handle = await open(file, "wx", 0o600);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw unable("create", file, reasonOf(error), error);
  }
  await using _ = handle;
  await append(handle, event({}, [{ op: "add", path: "", value: emptyState }]));
  return true;
}

/** Throws DriverError where the file is not there, is damaged, or ends in the middle of an event. */
export async function readStateLog(file: string): Promise<StateDocument> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw unable("read", file, reasonOf(error), error);
  }
  // A patch of the root has no parent to be applied to, so the state hangs below one.
  const root: { state: JsonObject } = { state: {} };
  let count = 0;
  for (const part of splitJsonObjects(text, (offset) =>
    unable("read", file, `the event that begins at character ${offset} is not whole`),
  )) {
    const parsed = eventSchema.safeParse(tryParse(part.text));
    if (!parsed.success) {
      throw unable("read", file, `event ${count}, at character ${part.offset}, is not an event of a state log`);
    }
    if (count === 0 && parsed.data.index !== 0) throw unable("read", file, "its first event must have index 0");
    const failed = applyPatch(root, below("/state", parsed.data.patch)).find((result) => result !== null);
    if (failed !== undefined) throw unable("read", file, `event ${count} cannot be applied: ${failed.message}`);
    count += 1;
  }
  if (count === 0) throw unable("read", file, "it has no event");
  return checkState(root.state, file);
}

/** Adds one event and has it on disk when it returns. */
export async function appendStateEvent(file: string, name: string, patch: readonly Operation[]): Promise<void> {
  try {
    // Without O_CREAT: a file that went away in the meantime must not come back without its first event.
    await using handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
    await append(handle, event({ event: name }, patch));
  } catch (error) {
    throw unable("write", file, reasonOf(error), error);
  }
}

/** `index` is 0 in every event that NixOps4 writes. */
function event(meta: JsonObject, patch: readonly Operation[]): string {
  return `${JSON.stringify({ index: 0, meta: { time: new Date().toISOString(), ...meta }, patch }, null, 2)}\n`;
}

async function append(handle: FileHandle, text: string): Promise<void> {
  await handle.appendFile(text);
  await handle.datasync();
}

function* splitJsonObjects(
  text: string,
  notWhole: (offset: number) => Error,
): Generator<{ offset: number; text: string }> {
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
  if (text.slice(offset).trim() !== "") throw notWhole(offset);
}

function tryParse(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function below(parent: string, patch: readonly Operation[]): Operation[] {
  return patch.map((step) => ({
    ...step,
    path: parent + step.path,
    ...("from" in step && { from: parent + step.from }),
  }));
}

function unable(verb: string, file: string, reason: string, cause?: unknown): DriverError {
  return new DriverError("driver.state.log", `Unable to ${verb} the state log ${file}: ${reason}.`, { cause });
}
