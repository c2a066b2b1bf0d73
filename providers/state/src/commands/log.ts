import type { ExactJson } from "@nixops4-resources/protocol-core";
import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { readPatch } from "@nixops4-resources/protocol-state";
import { openEvent, type Position, type SealedEvent } from "../history/chain.ts";
import { beginning, readChronicle } from "../history/chronicle.ts";
import { expectPositionals, readCount, readInputs, requestOf } from "./target.ts";

/** Prints one line per event: number, time, event, writer, and changed resources. An imported event keeps its own time. */
export async function log(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const last = readCount(given.values["last"], "--last", Infinity);
  const inputs = await readInputs(given);
  const chronicle = await readChronicle(inputs, requestOf(inputs));
  const { row, ring, events } = chronicle;
  let before: Position = await beginning(chronicle);
  const logged: LoggedEvent[] = [];
  for (const event of events) {
    const { patch, file } = openEvent(row.id, before, event, await ring.get(event.dataKey));
    logged.push({ event, at: file?.meta.time ?? event.at, changed: changedBy(patch) });
    before = event;
  }
  const shown = logged.slice(-last);
  if (given.values["json"] === true) print(toJson(shown.map(asRecord)));
  else for (const line of aligned(shown.map(asLine))) print(`${line}\n`);
  return 0;
}

interface LoggedEvent {
  readonly event: SealedEvent;
  /** The time of the event itself, also if it was imported later. */
  readonly at: string;
  readonly changed: readonly string[];
}

const asLine = ({ event, at, changed }: LoggedEvent): string[] => [
  String(event.index),
  at.replace(/\.\d+Z$/, "Z"),
  event.event,
  whoIs(event),
  changed.join(", "),
];

const asRecord = ({
  event: { index, event, at: recordedAt, actor, address, application },
  at,
  changed,
}: LoggedEvent) => ({
  index,
  at,
  event,
  recordedAt,
  actor,
  address,
  application,
  changed,
});

const whoIs = ({ actor, application, address }: SealedEvent): string =>
  [actor, application.replace(/^nixops4-resources-state /, ""), ...(address === null ? [] : [address])].join(" ");

/** The resources that a patch changes, prefixed with their nested deployments: `site.web`. */
function changedBy(patch: readonly ExactJson[]): string[] {
  return [...new Set(readPatch(patch).map(({ path }) => resourceOf(path)))];
}

function resourceOf(path: string): string {
  const names = [...path.matchAll(/\/(?:deployments|resources)\/([^/]*)/g)].map(([, name = ""]) => name);
  return names.length === 0 ? "(everything)" : names.join(".").replaceAll("~1", "/").replaceAll("~0", "~");
}

/** Columns as wide as their longest cell. */
function aligned(lines: readonly string[][]): string[] {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines.map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
