import { isDeepStrictEqual } from "node:util";
import { change, prerequisite, type ResourceRecord } from "@nixops4-resources/dns-client";
import type { Update } from "../backend.ts";
import { lastNameServers } from "../name.ts";
import { markNameOf } from "../note/mark-name.ts";
import { noteTtlSeconds, noteValues } from "../note/note-text.ts";
import { typesWithFields } from "../record-set/field-list.ts";
import { isSameKey, type Key, type Stored } from "../stored.ts";

/** Types with a mnemonic that may not share a name with a CNAME record. Only DNSSEC's own types may. */
export const typesExcludedByCname = typesWithFields.filter((type) => type !== "CNAME");

/** Prerequisites that every record set and note is as it was seen. */
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
 * Further prerequisites for CNAME records. Servers answer NOERROR, and do nothing, if an update adds a CNAME record to
 * a name with other records or vice versa (RFC 2136, section 3.4.2.2).
 */
export function guardsOf({ prerequisites, changes }: Update): ResourceRecord[] {
  return changes.flatMap((wanted) => {
    const { name, type } = wanted;
    const isNew = wanted.values.length > 0 && (seenAt(prerequisites, wanted)?.values.length ?? 0) === 0;
    if (!isNew) return [];
    const leaving = changes.filter((one) => one.name === name && one.values.length === 0).map((one) => one.type);
    if (type !== "CNAME") return leaving.includes("CNAME") ? [] : [prerequisite.absent(name, "CNAME")];
    if (leaving.length === 0) return [prerequisite.nameUnused(name)];
    return typesExcludedByCname.filter((one) => !leaving.includes(one)).map((one) => prerequisite.absent(name, one));
  });
}

/** The wire changes from the seen to the wanted state. Removals come first, since a CNAME needs a name without records. */
export function wireChanges({ zone, prerequisites, changes }: Update): ResourceRecord[] {
  const removed: ResourceRecord[] = [];
  const added: ResourceRecord[] = [];
  const removedLast: ResourceRecord[] = [];
  for (const wanted of changes) {
    const { name, type, ttlSeconds, values, note } = wanted;
    const seen = seenAt(prerequisites, wanted);
    if (seen?.ttlSeconds !== ttlSeconds || !isDeepStrictEqual(seen.values, values)) {
      if (name === zone && type === "NS") {
        // Servers ignore the removal of a zone's last name server, so the new ones are added before the old ones go.
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
      if (note !== null) added.push(...change.add(mark, "TXT", noteTtlSeconds, noteValues(note)));
    }
  }
  return [...removed, ...added, ...removedLast];
}

const seenAt = (stored: readonly Stored[], key: Key): Stored | undefined => stored.find((one) => isSameKey(one, key));
