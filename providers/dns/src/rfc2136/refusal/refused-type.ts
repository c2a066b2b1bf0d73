import type { ProviderError } from "@nixops4-resources/protocol-core";
import type { Update } from "../../backend.ts";
import { addressOf } from "../../endpoint.ts";
import { failure } from "../../failure.ts";
import { displayName } from "../../name.ts";
import { mayChange } from "./may-change.ts";
import type { NameServer } from "../server.ts";

/**
 * The error for a record that a server refuses because of other records: BIND and Knot answer REFUSED as they do to a key
 * without rights. Undefined if the update was refused for another reason.
 */
export async function refusedForOthers(server: NameServer, update: Update): Promise<ProviderError | undefined> {
  const added = update.changes.filter(({ values }) => values.length > 0);
  const redirection = added.find(({ type }) => type === "DNAME");
  const where = addressOf(server.settings);
  if (redirection !== undefined && (await mayChange(server, update, redirection))) {
    const name = displayName(redirection.name);
    return failure(
      `${where} refuses a DNAME record at ${name}, since it would hide the records below that name (REFUSED)`,
      "dns.dname.above",
      `Remove the records below ${name}, or choose a name without records below it`,
    );
  }
  const key = added.find(({ name, type }) => name === update.zone && (type === "CDS" || type === "CDNSKEY"));
  if (key !== undefined && (await mayChange(server, update, key))) {
    return failure(
      `${where} refuses ${displayName(key.name)} ${key.type}, since the zone has no DNSKEY record that it stands for (REFUSED)`,
      "dns.cds.unmatched",
      `Sign the zone with the key of the ${key.type} record first, or let the server generate the record`,
    );
  }
  return undefined;
}
