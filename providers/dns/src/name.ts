import { canonicalName, InvalidValue } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "./failure.ts";

/** A name of the inputs, whole and canonical. */
export function nameOf(given: string, field: string): string {
  try {
    return canonicalName(given);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw failure(`\`${field}\` must be ${error.message}`, "dns.name.invalid", "Correct the name", error);
  }
}

/** A canonical name as people write it: without the dot at its end. */
export const textOf = (name: string): string => (name === "." ? name : name.slice(0, -1));

export const zoneMissing = (zone: string, reason: string): ProviderError =>
  failure(
    `the server does not have the zone ${textOf(zone)}: ${reason}`,
    "dns.zone.missing",
    "Correct `zone`, or let `connection` name the server that is primary for it",
  );

export const outside = (name: string, zone: string): ProviderError =>
  failure(
    `${textOf(name)} is not in the zone ${textOf(zone)}`,
    "dns.name.outside",
    `Write the name whole, such as www.${textOf(zone)}`,
  );

export const lastNameServers = (zone: string): ProviderError =>
  failure(
    `the zone ${textOf(zone)} cannot be without name servers`,
    "dns.zone.nameServers",
    'Keep them with `deletion = "retain"`, or remove the zone at the server',
  );
