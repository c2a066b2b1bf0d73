import { fieldsOf, rdataOf, canonical } from "@nixops4-resources/dns-client";
import { encodeMark, readMark, type Mark } from "@nixops4-resources/protocol-core";
import type { Key, Stored } from "../backend.ts";

const prefix = "_nixops4-records.";

/** What a set of records consists of, kept in the zone itself: so what is no longer declared is found without a state. */
export interface Manifest {
  readonly mark: Mark | undefined;
  readonly keys: readonly Key[];
}

/** Where the manifest of the records `name` is: a TXT record at `_nixops4-records.NAME.ZONE`. */
export const manifestKey = (name: string, zone: string): Key => ({ name: `${prefix}${name}.${zone}`, type: "TXT" });

/** The name of the records whose manifest this is; undefined for anything else. */
export function manifestName({ name, type }: Key, zone: string): string | undefined {
  if (type !== "TXT" || !name.startsWith(prefix) || !name.endsWith(`.${zone}`)) return undefined;
  return name.slice(prefix.length, -zone.length - 1);
}

/** One text: the mark, and a line `NAME TYPE` for each record set. */
export function manifestAt(key: Key, mark: Mark, keys: readonly Key[]): Stored {
  const text = [encodeMark(mark), ...keys.map(({ name, type }) => `${name} ${type}`).sort()].join("\n");
  return { ...key, ttlSeconds: 300, values: [canonical("TXT", { text })], note: null };
}

/** Undefined where there is none. */
export function readManifest({ values }: Stored): Manifest | undefined {
  if (values.length === 0) return undefined;
  const lines = values.flatMap((value) => textOf(value).split("\n"));
  const mark = readMark(lines.join("\n"));
  const keys = lines.flatMap((line) => {
    const [, name, type] = /^(\S+\.) ([A-Z][A-Z0-9]*)$/.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [{ name, type }];
  });
  return { mark, keys };
}

function textOf(value: string): string {
  const { text } = fieldsOf("TXT", rdataOf("TXT", value));
  return Array.isArray(text) ? Buffer.concat(text).toString("utf8") : "";
}
