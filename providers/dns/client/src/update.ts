import { classes, type ResourceRecord } from "./message.ts";
import { rdataOf } from "./rdata/rdata.ts";

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

/** Conditions of an update: if one does not hold, the server changes nothing (RFC 2136, section 2.4). */
export const prerequisite = {
  /** No record of this name and type exists. Fails with YXRRSET. */
  absent: (name: string, type: string): ResourceRecord => bare(name, type, classes.NONE),
  /** Records of this name and type exist. Fails with NXRRSET. */
  present: (name: string, type: string): ResourceRecord => bare(name, type, classes.ANY),
  /** The record set has exactly these values, with any TTL. Fails with NXRRSET. */
  equals: (name: string, type: string, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.IN, 0, values),
  /** No record of any type exists at the name. Fails with YXDOMAIN. */
  nameUnused: (name: string): ResourceRecord => bare(name, "ANY", classes.NONE),
};

/** Changes of an update; the server applies them in order (RFC 2136, section 2.5). */
export const change = {
  /** Adds values, and sets the TTL of the whole record set. */
  add: (name: string, type: string, ttlSeconds: number, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.IN, ttlSeconds, values),
  removeSet: (name: string, type: string): ResourceRecord => bare(name, type, classes.ANY),
  removeValues: (name: string, type: string, values: readonly string[]): ResourceRecord[] =>
    each(name, type, classes.NONE, 0, values),
};
