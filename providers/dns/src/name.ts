import { canonicalName, InvalidValue } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "./failure.ts";

/** The canonical form of a name from the inputs. `field` names the input in errors. */
export function nameOf(given: string, field: string): string {
  try {
    return canonicalName(given);
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw failure(`\`${field}\` must be ${error.message}`, "dns.name.invalid", "Correct the name", error);
  }
}

/** A canonical name without its trailing dot, for outputs and messages. */
export const displayName = (name: string): string => (name === "." ? name : name.slice(0, -1));

export const zoneMissing = (zone: string, reason: string): ProviderError =>
  failure(
    `the server does not have the zone ${displayName(zone)}: ${reason}`,
    "dns.zone.missing",
    "Correct `zone`, or set `connection` to the zone's primary server",
  );

export const outside = (name: string, zone: string): ProviderError =>
  failure(
    `${displayName(name)} is not in the zone ${displayName(zone)}`,
    "dns.name.outside",
    `Write the fully qualified name, such as www.${displayName(zone)}`,
  );

export const lastNameServers = (zone: string): ProviderError =>
  failure(
    `the zone ${displayName(zone)} must keep at least one name server`,
    "dns.zone.nameServers",
    'Keep them with `deletion = "retain"`, or remove the zone at the server',
  );
