import { DnsClient, prerequisite, TransportError } from "@nixops4-resources/dns-client";
import { log } from "@nixops4-resources/protocol-core";
import { addressOf } from "./endpoint.ts";
import { textOf } from "./name.ts";
import type { Rfc2136Settings } from "./rfc2136-settings.ts";

/**
 * Warns of a zone that takes updates without a signature: PowerDNS does unless the zone's metadata TSIG-ALLOW-DNSUPDATE
 * names a key. Tried by an unsigned update that changes nothing.
 */
export async function warnOfUnsigned({ host, port }: Rfc2136Settings, zone: string): Promise<void> {
  using client = new DnsClient({ host, port, timeoutMs: 2000 });
  try {
    const prerequisites = [prerequisite.present(zone, "SOA")];
    const { rcode } = await client.update({ zone, prerequisites, changes: [] });
    if (rcode !== "NOERROR") return;
    log.warn("the zone takes updates without a signature from this machine; on PowerDNS, set TSIG-ALLOW-DNSUPDATE", {
      zone: textOf(zone),
      server: addressOf({ host, port }),
    });
  } catch (error) {
    // It was only a question of courtesy: what was to be written is written.
    if (!(error instanceof TransportError)) throw error;
    log.debug("whether the zone takes unsigned updates is not known", { zone: textOf(zone), reason: error.message });
  }
}
