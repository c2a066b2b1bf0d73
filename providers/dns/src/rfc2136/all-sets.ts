import { rdataToText, type ResourceRecord } from "@nixops4-resources/dns-client";
import { keyOfMark } from "../note/mark-name.ts";
import { noteOf } from "../note/note-text.ts";
import { idOf, type Key, type Stored } from "../stored.ts";

/** Groups the records of a zone's transfer by record set, without the SOA. */
export function allSetsIn(records: readonly ResourceRecord[], zone: string): Stored[] {
  const sets = new Map<string, { key: Key; ttlSeconds: number; values: string[]; notes: string[] }>();
  for (const { name, type, ttlSeconds, rdata } of records) {
    if (type === "SOA") continue;
    const marked = type === "TXT" ? keyOfMark(name, zone) : undefined;
    const key = marked ?? { name, type };
    const set = sets.get(idOf(key)) ?? { key, ttlSeconds: 0, values: [], notes: [] };
    sets.set(idOf(key), set);
    if (marked === undefined) set.ttlSeconds = ttlSeconds;
    (marked === undefined ? set.values : set.notes).push(rdataToText(type, rdata));
  }
  return [...sets.values()].map(({ key, ttlSeconds, values, notes }) => ({
    ...key,
    ttlSeconds,
    values: values.sort(),
    note: noteOf(notes),
  }));
}
