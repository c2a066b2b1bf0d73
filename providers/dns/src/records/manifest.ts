import { canonical } from "@nixops4-resources/dns-client";
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import { knownType } from "../note/mark-name.ts";
import { txtContent } from "../note/note-text.ts";
import type { Key, Stored } from "../stored.ts";

const prefix = "_nixops4-records.";

/** The members of a group of records, stored in the zone itself, so that undeclared ones are found without a state. */
export interface Manifest {
  readonly mark: Mark | undefined;
  readonly keys: readonly Key[];
}

/** The manifest of the records `name` is the TXT record `_nixops4-records.NAME.ZONE`. */
export const manifestKey = (name: string, zone: string): Key => ({ name: `${prefix}${name}.${zone}`, type: "TXT" });

/** The name of the records that this manifest describes; undefined if the key is not a manifest's. */
export function manifestName({ name, type }: Key, zone: string): string | undefined {
  if (type !== "TXT" || !name.startsWith(prefix) || !name.endsWith(`.${zone}`)) return undefined;
  return name.slice(prefix.length, -zone.length - 1);
}

/** A manifest is one text: the mark, and a line `NAME TYPE` per record set. */
export function manifestAt(key: Key, mark: Mark, keys: readonly Key[]): Stored {
  const text = [encodeMark(mark), ...keys.map(({ name, type }) => `${name} ${type}`).sort()].join("\n");
  return { ...key, ttlSeconds: 300, values: [canonical("TXT", { text })], note: null };
}

/** Undefined if the record does not exist. */
export function readManifest({ values }: Stored): Manifest | undefined {
  if (values.length === 0) return undefined;
  const lines = values.flatMap((value) => txtContent(value).split("\n"));
  const mark = readMark(lines.join("\n"));
  const keys = lines.flatMap((line) => {
    const [, name, type] = /^(\S+\.) ([A-Z][A-Z0-9]*)$/.exec(line) ?? [];
    // A type may have got a supported name since: TYPE29 is LOC.
    return name === undefined || type === undefined ? [] : [{ name, type: knownType(type) ?? type }];
  });
  return { mark, keys };
}
