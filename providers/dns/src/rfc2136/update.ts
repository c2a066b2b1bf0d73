import { change, prerequisite, type ResourceRecord } from "@nixops4-resources/dns-client";
import type { Stored, Update } from "../backend.ts";
import { markNameOf } from "../note/mark-name.ts";
import { lastNameServers } from "../name.ts";
import { noteValues } from "./note.ts";

/** Seconds that a mark may be cached: nobody but us asks for one. */
const markTtlSeconds = 300;

/** What may not be beside a CNAME record, as far as it has a name here; only what DNSSEC adds may. */
export const typesBesideNoAlias = [
  "A",
  "AAAA",
  "CAA",
  "DS",
  "HTTPS",
  "MX",
  "NAPTR",
  "NS",
  "PTR",
  "SRV",
  "SSHFP",
  "SVCB",
  "TLSA",
  "TXT",
];

/** What must hold: every record set and mark as it was seen. */
export const prerequisitesOf = (stored: readonly Stored[], zone: string): ResourceRecord[] =>
  stored.flatMap((one) => {
    const mark = markNameOf(one, zone);
    return [
      ...(one.values.length === 0
        ? [prerequisite.absent(one.name, one.type)]
        : prerequisite.equals(one.name, one.type, one.values)),
      ...(one.note === null
        ? [prerequisite.absent(mark, "TXT")]
        : prerequisite.equals(mark, "TXT", noteValues(one.note))),
    ];
  });

/**
 * What must hold beside that, since servers take a CNAME record beside others, and others beside a CNAME record, with
 * NOERROR and do nothing (RFC 2136, section 3.4.2.2).
 */
export function guardsOf({ prerequisites, changes }: Update): ResourceRecord[] {
  return changes.flatMap((wanted) => {
    const { name, type } = wanted;
    const isNew = wanted.values.length > 0 && (seenAt(prerequisites, wanted)?.values.length ?? 0) === 0;
    if (!isNew) return [];
    const leaving = changes.filter((one) => one.name === name && one.values.length === 0).map((one) => one.type);
    if (type !== "CNAME") return leaving.includes("CNAME") ? [] : [prerequisite.absent(name, "CNAME")];
    if (leaving.length === 0) return [prerequisite.nameUnused(name)];
    return typesBesideNoAlias.filter((one) => !leaving.includes(one)).map((one) => prerequisite.absent(name, one));
  });
}

/** The changes from what was seen to what is wanted: what leaves a name first, since what comes may not be beside it. */
export function wireChanges({ zone, prerequisites, changes }: Update): ResourceRecord[] {
  const removed: ResourceRecord[] = [];
  const added: ResourceRecord[] = [];
  const removedLast: ResourceRecord[] = [];
  for (const wanted of changes) {
    const { name, type, ttlSeconds, values, note } = wanted;
    const seen = seenAt(prerequisites, wanted);
    const isSame = seen?.ttlSeconds === ttlSeconds && isEqual(seen.values, values);
    if (!isSame) {
      if (name === zone && type === "NS") {
        // Servers ignore the removal of a zone's last name servers, so there is never a moment without.
        if (values.length === 0) throw lastNameServers(zone);
        removedLast.push(
          ...change.removeValues(
            name,
            type,
            (seen?.values ?? []).filter((one) => !values.includes(one)),
          ),
        );
      } else if (seen?.values.length !== 0) {
        removed.push(change.removeSet(name, type));
      }
      added.push(...change.add(name, type, ttlSeconds, values));
    }
    if (seen === undefined || seen.note !== note) {
      const mark = markNameOf(wanted, zone);
      if (seen?.note !== null) removed.push(change.removeSet(mark, "TXT"));
      if (note !== null) added.push(...change.add(mark, "TXT", markTtlSeconds, noteValues(note)));
    }
  }
  return [...removed, ...added, ...removedLast];
}

const seenAt = (stored: readonly Stored[], { name, type }: Stored): Stored | undefined =>
  stored.find((one) => one.name === name && one.type === type);

const isEqual = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((value, index) => value === other[index]);
