import { canonicalName } from "@nixops4-resources/dns-client";
import { keyOfMark, markNameOf } from "../note/mark-name.ts";
import { noteOf, noteTtlSeconds, noteValues } from "../note/note-text.ts";
import { idOf, type Key, type Stored } from "../stored.ts";
import type { OctodnsRecord } from "./run.ts";
import { fromOctodns, isKnownToOctodns, toOctodns } from "./value.ts";

/** The absolute name of an OctoDNS record. */
export const absoluteName = (name: string, zone: string): string =>
  canonicalName(name === "" ? zone : `${name}.${zone}`);

/** A name relative to the zone; empty for the zone's own name. */
const relativeName = (name: string, zone: string): string => (name === zone ? "" : name.slice(0, -zone.length - 1));

/** The keys of the OctoDNS records for a set and for its note, with relative names. */
export const recordKeysOf = (key: Key, zone: string): [own: Key, note: Key] => [
  { name: relativeName(key.name, zone), type: key.type },
  { name: relativeName(markNameOf(key, zone), zone), type: "TXT" },
];

/** The state of one key in the records of a zone. */
export function toStored(zone: string, key: Key, records: readonly OctodnsRecord[]): Stored {
  const { name, type } = key;
  const [own, note] = recordKeysOf(key, zone).map((wanted) => records.find((record) => idOf(record) === idOf(wanted)));
  return {
    name,
    type,
    ttlSeconds: own?.ttl ?? 0,
    values: (own?.values ?? []).map((value) => fromOctodns(type, value)).sort(),
    note: note === undefined ? null : noteOf(note.values.map((value) => fromOctodns("TXT", value))),
  };
}

/** The states of all keys in the records of a zone. */
export function allStored(zone: string, records: readonly OctodnsRecord[]): Stored[] {
  const keys = records.flatMap(({ name, type }) => {
    if (!isKnownToOctodns(type)) return [];
    const absolute = absoluteName(name, zone);
    const marked = type === "TXT" ? keyOfMark(absolute, zone) : undefined;
    return [marked ?? { name: absolute, type }];
  });
  const distinct = new Map(keys.map((key) => [idOf(key), key]));
  return [...distinct.values()].map((key) => toStored(zone, key, records));
}

/** The OctoDNS records for a wanted set and its note. */
export function toRecords(wanted: Stored, zone: string): OctodnsRecord[] {
  const [own, note] = recordKeysOf(wanted, zone);
  return [
    ...recordOf(own, wanted.ttlSeconds, wanted.values),
    ...recordOf(note, noteTtlSeconds, wanted.note === null ? [] : noteValues(wanted.note)),
  ];
}

const recordOf = ({ name, type }: Key, ttl: number, values: readonly string[]): OctodnsRecord[] =>
  values.length === 0 ? [] : [{ name, type, ttl, values: values.map((value) => toOctodns(type, value)) }];
