import type { ExactJson } from "@nixops4-resources/protocol-core";
import type { CommandArguments } from "@nixops4-resources/protocol-core/command";
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
  const lines: string[][] = [];
  for (const event of events) {
    const { patch, file } = openEvent(row.id, before, event, await ring.get(event.dataKey));
    const time = (file?.meta.time ?? event.at).replace(/\.\d+Z$/, "Z");
    lines.push([String(event.index), time, event.event, whoIs(event), changedBy(patch)]);
    before = event;
  }
  for (const line of aligned(lines.slice(-last))) print(`${line}\n`);
  return 0;
}

const whoIs = ({ actor, application, address }: SealedEvent): string =>
  [actor, application.replace(/^nixops4-resources-state /, ""), ...(address === null ? [] : [address])].join(" ");

/** The resources that a patch changes, prefixed with their nested deployments: `db, site.web`. */
function changedBy(patch: readonly ExactJson[]): string {
  return [...new Set(readPatch(patch).map(({ path }) => resourceOf(path)))].join(", ");
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
