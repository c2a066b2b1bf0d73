import { classes, type ResourceRecord } from "./message.ts";
import { rdataOf } from "./rdata.ts";

const nothing = Buffer.alloc(0);

const bare = (name: string, type: string, of: number): ResourceRecord => ({
  name,
  type,
  class: of,
  ttlSeconds: 0,
  rdata: nothing,
});

const each = (
  name: string,
  type: string,
  of: number,
  ttlSeconds: number,
  values: readonly string[],
): ResourceRecord[] => values.map((value) => ({ name, type, class: of, ttlSeconds, rdata: rdataOf(type, value) }));

/** What must hold for an update to take effect (RFC 2136, section 2.4). */
export const prerequisite = {
  /** Fails with YXRRSET. */
  absent: (name: string, type: string): ResourceRecord => bare(name, type, classes.NONE),
  /** Fails with NXRRSET. */
  present: (name: string, type: string): ResourceRecord => bare(name, type, classes.ANY),
  /** Exactly these values, with any TTL. Fails with NXRRSET. */
  equals: (name: string, type: string, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.IN, 0, values),
  /** No record of any type. Fails with YXDOMAIN. */
  nameUnused: (name: string): ResourceRecord => bare(name, "ANY", classes.NONE),
};

/** What an update does, from the first to the last (RFC 2136, section 2.5). */
export const change = {
  /** Adds values; all records of the set get the TTL. */
  add: (name: string, type: string, ttlSeconds: number, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.IN, ttlSeconds, values),
  removeSet: (name: string, type: string): ResourceRecord => bare(name, type, classes.ANY),
  removeValues: (name: string, type: string, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.NONE, 0, values),
};
