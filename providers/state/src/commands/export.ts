import { writeFileSync } from "node:fs";
import { ProviderError, type ExactObject } from "@nixops4-resources/protocol-core";
import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
import { formatStateFileEvent, type StateFileEvent } from "@nixops4-resources/protocol-state";
import { openEvent, type EventBody, type Position, type SealedEvent } from "../history/chain.ts";
import { beginning, readChronicle } from "../history/chronicle.ts";
import type { ErrorCode } from "../errors.ts";
import { expectPositionals, readInputs, requestOf } from "./target.ts";

/** Prints the unencrypted history in the format of NixOps4's state_file, or writes it to a new private file. */
export async function exportState(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const inputs = await readInputs(given);
  const chronicle = await readChronicle(inputs, requestOf(inputs));
  const { row, ring, events } = chronicle;
  const begin = await beginning(chronicle);
  const exported: StateFileEvent[] = [];
  if (begin.document !== null) {
    const meta = { time: events[0]?.at ?? new Date().toISOString() };
    exported.push({ index: 0, meta, patch: [{ op: "add", path: "", value: begin.document }] });
  }
  let before: Position = begin;
  for (const event of events) {
    exported.push(toFileEvent(event, openEvent(row.id, before, event, await ring.get(event.dataKey))));
    before = event;
  }
  const text = exported.map(formatStateFileEvent).join("");
  const { file } = given.values;
  if (typeof file === "string") write(file, text);
  else print(text);
  return 0;
}

/** An imported event is exported with its original fields. */
function toFileEvent({ event, at }: SealedEvent, { patch, file }: EventBody): StateFileEvent {
  const meta: ExactObject & { time: string } = { time: at, ...(event !== "init" && { event }) };
  return { index: 0, meta, ...file, patch: [...patch] };
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: "wx", mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ProviderError<ErrorCode>(`${file} cannot be written: ${why}`, {
      code: "state.file.unusable",
      hint: "Use a new file name, in a folder in which you have write permission",
      cause,
    });
  }
}
