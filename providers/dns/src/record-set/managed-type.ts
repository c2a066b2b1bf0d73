import { typeName, typeNumber } from "@nixops4-resources/dns-client";
import { failure } from "../failure.ts";

/** The mnemonic of a type. Throws if the type is unknown or not managed. */
export function managedType(type: string): string {
  let known: string;
  try {
    known = typeName(typeNumber(type));
  } catch (error) {
    const hint = "Write a type without a supported name by its number, such as TYPE65400";
    throw failure(`${type} is not a known record type`, "dns.value.invalid", hint, error);
  }
  const number = typeNumber(known);
  const isOfMessages = number >= 249 && number <= 255;
  if (known !== "SOA" && !ofDnssec.has(number) && !isOfMessages) return known;
  const hint = known === "SOA" ? "Leave the SOA record to the server, which maintains its serial number" : hintOfServer;
  throw failure(`records of type ${type} are not managed`, "dns.type.refused", hint);
}

const hintOfServer = "Leave this type to the server, which generates its records or never stores them";

/** OPT, and the types that a server generates when it signs: RRSIG, NSEC, NSEC3, NSEC3PARAM. */
const ofDnssec = new Set([41, 46, 47, 50, 51]);
