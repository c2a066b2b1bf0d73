import { randomUUID } from "node:crypto";
import { AlreadyExists, ProviderError, type ExactJson } from "@nixops4-resources/protocol-core";
import { readUserFile, UnreadableFile } from "@nixops4-resources/protocol-core/files";
import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import {
  applyPatch,
  flawOfState,
  isStateDocument,
  parseStateFile,
  PatchError,
  StateFileError,
  type StateFileEvent,
} from "@nixops4-resources/protocol-state";
import {
  origin,
  sealEvent,
  sealSnapshot,
  type NumberedKey,
  type Position,
  type SealedEvent,
  type SealedSnapshot,
} from "../history/chain.ts";
import { Writer } from "../database/stamp.ts";
import { LongSession } from "../database/long-session.ts";
import type { ErrorCode } from "../errors.ts";
import { makeKey } from "../keys/keys.ts";
import { storeBeginning, type Beginning } from "../store/states.ts";
import { snapshotEvery } from "../store/writer.ts";
import resource from "../state-postgres.ts";
import { expectPositionals, readInputs, requestOf } from "./target.ts";

/** Largest string of Node. */
const largestFileBytes = 500_000_000;

/** Creates the state of the inputs, which must not exist yet, with every event of the file. */
export async function importState(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, ["the file to import"]);
  const [file = ""] = given.positionals;
  const inputs = await readInputs(given);
  const events = await readEvents(file);
  const id = randomUUID();
  const { key, stored } = await makeKey(inputs, 1);
  const request = requestOf(inputs);
  await using link = await LongSession.openWriter(inputs.connection, request);
  const beginning = seal(id, events, { number: 1, key }, await Writer.of(link.session), file);
  const mark = { managedBy: inputs.managedBy, type: resource.type };
  try {
    await storeBeginning(link.session, inputs, mark, { id, key: stored, ...beginning });
  } catch (error) {
    if (!(error instanceof AlreadyExists)) throw error;
    throw new ProviderError<ErrorCode>(`the state ${inputs.name} already exists`, {
      code: "state.exists",
      hint: "Import under another `name`, or destroy the existing state if nobody needs it",
      cause: error,
    });
  }
  print(
    given.values["json"] === true
      ? toJson({ state: inputs.name, events: events.length })
      : `imported ${events.length} events into state ${inputs.name}\n`,
  );
  return 0;
}

async function readEvents(file: string): Promise<StateFileEvent[]> {
  let text: string;
  try {
    text = (await readUserFile(file, { largestBytes: largestFileBytes, pipes: true })).toString();
  } catch (cause) {
    if (!(cause instanceof UnreadableFile)) throw cause;
    throw new ProviderError<ErrorCode>(`${file} cannot be read: ${cause.message}`, {
      code: "state.file.unusable",
      hint: "Use the file in the input `name` of NixOps4's `state_file` resource",
      cause,
    });
  }
  try {
    return parseStateFile(text);
  } catch (error) {
    throw error instanceof StateFileError ? damagedFile(`${file}: ${error.message}`, error) : error;
  }
}

function seal(
  id: string,
  events: readonly StateFileEvent[],
  key: NumberedKey,
  writer: Writer,
  file: string,
): Omit<Beginning, "id" | "key"> {
  let head: Position = origin;
  let document: ExactJson = null;
  const sealed: SealedEvent[] = [];
  const snapshots: SealedSnapshot[] = [];
  for (const { index, meta, patch } of events) {
    try {
      document = applyPatch(document, patch);
    } catch (error) {
      if (!(error instanceof PatchError)) throw error;
      throw damagedFile(`${file}: event ${sealed.length} does not apply: ${error.message}`, error);
    }
    const event = typeof meta["event"] === "string" ? meta["event"] : "init";
    const next = sealEvent(
      id,
      head,
      { event, nixopsVersion: "", ...writer.stamp() },
      { patch, file: { index, meta } },
      key,
    );
    sealed.push(next);
    if (next.index > 0 && next.index % snapshotEvery === 0) snapshots.push(sealSnapshot(id, next, document, key));
    head = next;
  }
  if (!isStateDocument(document)) throw damagedFile(`${file}: the document after its events ${flawOfState(document)}`);
  return { head, events: sealed, snapshots };
}

function damagedFile(reason: string, cause?: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(reason, {
    code: "state.file.damaged",
    hint: "Import the complete file as NixOps4 wrote it",
    cause,
  });
}
