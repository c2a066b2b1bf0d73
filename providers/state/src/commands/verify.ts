import type { ExactJson } from "@nixops4-resources/protocol-core";
import { toJson, type CommandArguments } from "@nixops4-resources/protocol-core/command";
import { applyPatch } from "@nixops4-resources/protocol-state";
import { flawInChain, openEvent, openSnapshot, type Position } from "../history/chain.ts";
import { beginning, readChronicle, type Chronicle } from "../history/chronicle.ts";
import { headMismatch } from "../history/history.ts";
import { expectPositionals, readInputs, requestOf } from "./target.ts";

/** Checks everything, and prints one line per damage; exit status 1 if there is any. */
export async function verify(given: CommandArguments, print: (text: string) => void): Promise<number> {
  expectPositionals(given, []);
  const inputs = await readInputs(given);
  const chronicle = await readChronicle(inputs, requestOf(inputs));
  const flaws = await flawsOf(chronicle);
  const { events, snapshots, keys, row } = chronicle;
  const status = flaws.length === 0 ? 0 : 1;
  if (given.values["json"] === true) {
    const counts = { events: events.length, snapshots: snapshots.length, dataKeys: keys.length };
    print(toJson({ intact: status === 0, flaws, ...counts, lastEvent: row.index }));
    return status;
  }
  for (const flaw of flaws) print(`${flaw}\n`);
  const what = `${events.length} events, ${snapshots.length} snapshots and ${keys.length} data keys`;
  print(`${flaws.length === 0 ? "intact" : `DAMAGED in ${flaws.length} places`}: ${what}, up to event ${row.index}\n`);
  return status;
}

async function flawsOf(chronicle: Chronicle): Promise<string[]> {
  const { row, keys, ring, events, snapshots } = chronicle;
  const flaws: string[] = [];
  const attempt = async <T>(what: string, work: () => T | Promise<T>): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      flaws.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
      return undefined;
    }
  };

  for (const { number } of keys) await attempt(`data key ${number}`, () => ring.get(number));
  const begin = await attempt("the beginning", () => beginning(chronicle));
  if (begin === undefined) return flaws;
  let head: Position = begin;
  // Undefined after a flaw: later events are then only checked one by one.
  let document: ExactJson | undefined = begin.document;
  const compareSnapshot = async (): Promise<void> => {
    const snapshot = snapshots.find(({ index }) => index === head.index);
    if (snapshot === undefined) return;
    const what = `the snapshot after event ${head.index}`;
    const stored = await attempt(what, async () => openSnapshot(row.id, snapshot, await ring.get(snapshot.dataKey)));
    if (!snapshot.hash.equals(head.hash)) flaws.push(`${what} belongs to another history`);
    if (stored === undefined || document === undefined) return;
    if (JSON.stringify(stored) !== JSON.stringify(document))
      flaws.push(`${what} differs from the result of the events`);
  };
  for (const event of events) {
    const flaw = flawInChain(head, event);
    if (flaw !== undefined) flaws.push(flaw);
    const before = head;
    const body =
      flaw === undefined
        ? await attempt(`event ${event.index}`, async () =>
            openEvent(row.id, before, event, await ring.get(event.dataKey)),
          )
        : undefined;
    const last: ExactJson | undefined = document;
    document =
      body === undefined || last === undefined
        ? undefined
        : await attempt(`event ${event.index}`, () => applyPatch(last, body.patch));
    head = event;
    await compareSnapshot();
  }
  if (head.index !== row.index || !head.hash.equals(row.hash)) flaws.push(headMismatch(head, row));
  return flaws;
}
