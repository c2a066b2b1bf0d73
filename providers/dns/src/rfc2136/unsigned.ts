import { change, classes, DnsClient, prerequisite, TransportError } from "@nixops4-resources/dns-client";
import { log, ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { textOf } from "../name.ts";
import type { NameServer } from "./server.ts";

/** What it is worth to wait for a warning, in milliseconds: firewalls drop questions for a server's version. */
const patienceMs = 2000;

/**
 * Warns of a zone that PowerDNS changes without a signature, as it does by the way it is made where the zone's metadata
 * TSIG-ALLOW-DNSUPDATE names no key. Tried by removing unsigned what is not there. Other servers are not tried: they
 * would only log that somebody was turned away.
 */
export async function warnOfUnsigned(server: NameServer, zone: string): Promise<void> {
  if (!(await isPowerdns(server))) return;
  const { host, port } = server.settings;
  using anybody = new DnsClient({ host, port, timeoutMs: patienceMs });
  try {
    const name = `_nixops4-unsigned.${zone}`;
    const prerequisites = [prerequisite.nameUnused(name)];
    const { rcode } = await anybody.update({ zone, prerequisites, changes: [change.removeSet(name, "TXT")] });
    if (rcode !== "NOERROR") return;
    log.warn("PowerDNS changes the zone without a signature: set its metadata TSIG-ALLOW-DNSUPDATE", {
      zone: textOf(zone),
      server: addressOf({ host, port }),
    });
  } catch (error) {
    // It was only a question of courtesy: what was to be written is written.
    if (!(error instanceof TransportError)) throw error;
    log.debug("whether the zone takes unsigned updates is not known", { zone: textOf(zone), reason: error.message });
  }
}

/** By what it says of itself, if it says anything; https://doc.powerdns.com/authoritative/settings.html#version-string */
async function isPowerdns(server: NameServer): Promise<boolean> {
  try {
    const { answers } = await server.query({ name: "version.bind.", type: "TXT", class: classes.CH }, patienceMs);
    return answers.some(({ rdata }) => rdata.includes("PowerDNS"));
  } catch (error) {
    // There are servers that do not answer this at all, or without a signature.
    if (!(error instanceof ProviderError)) throw error;
    log.debug("what the server says of itself is not known", { reason: error.message });
    return false;
  }
}
