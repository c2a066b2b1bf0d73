import { typeName, typeNumber } from "@nixops4-resources/dns-client";
import { option, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Key } from "./backend.ts";
import { failure } from "./failure.ts";
import { nameOf } from "./name.ts";
import { canonicalValues, value, type Value } from "./value.ts";

/** The inputs that make a record set. */
export const recordSet = {
  name: option(
    withExample(z.string().check(z.minLength(1)), "www.example.org"),
    "Whole name of the records, with or without a dot at its end; never relative to a zone. A `*` in front is a wildcard, labels may be Unicode.",
  ),
  type: option(
    withExample(z.string().check(z.regex(/^[A-Z][A-Z0-9]*$/)), "A"),
    "Type of the records: A, AAAA, CAA, CNAME, DS, HTTPS, MX, NAPTR, NS, PTR, SRV, SSHFP, SVCB, TLSA or TXT, or any other by its number, such as `TYPE65400`.",
  ),
  ttlSeconds: option(
    z.int().check(z.minimum(0), z.maximum(2_147_483_647)),
    "How long others may keep the records, in seconds.",
    300,
  ),
  values: option(
    withExample(z.array(value).check(z.minLength(1)), ["192.0.2.1"]),
    'All values of the name and type, in any order. Each is a text as in a zone file (`10 mail.example.org.`) or an object with the fields of its type (`{ preference = 10; exchange = "mail.example.org"; }`); names in them are whole. A text of TXT is the text itself, whatever is in it, unless it begins with a quote; it is split at 255 octets. Types without fields here are written `\\# LENGTH HEXADECIMAL` (RFC 3597).',
  ),
};

export interface GivenSet {
  name: string;
  type: string;
  ttlSeconds: number;
  values: readonly Value[];
}

/** A record set as it is wanted, in the terms of backends. */
export interface WantedSet extends Key {
  readonly ttlSeconds: number;
  readonly values: readonly string[];
}

/** A record set of the inputs in the terms of backends. `path` is where it stands in them, as `rrsets[0].`. */
export function wantedSet({ name, type, ttlSeconds, values }: GivenSet, path = ""): WantedSet {
  const known = managedType(type);
  return {
    name: nameOf(name, `${path}name`),
    type: known,
    ttlSeconds,
    values: canonicalValues(known, values, `${path}values`),
  };
}

/** The mnemonic of a type that may be managed. */
export function managedType(type: string): string {
  let known: string;
  try {
    known = typeName(typeNumber(type));
  } catch (error) {
    const hint = "Write a type that has no name here by its number, such as TYPE65400";
    throw failure(`${type} is no type of record that is known here`, "dns.value.invalid", hint, error);
  }
  const number = typeNumber(known);
  if (number !== 6 && !ofDnssec.has(number) && !(number >= 249 && number <= 255)) return known;
  throw failure(
    `records of type ${type} are not managed`,
    "dns.type.refused",
    known === "SOA"
      ? "The server makes the SOA record and counts its serial number"
      : "The server makes these itself, or they are in no zone",
  );
}

/** OPT, and what a server makes when it signs: RRSIG, NSEC, NSEC3, NSEC3PARAM. */
const ofDnssec = new Set([41, 46, 47, 50, 51]);
