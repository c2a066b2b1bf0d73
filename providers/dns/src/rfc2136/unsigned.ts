import { change, classes, DnsClient, prerequisite, TransportError } from "@nixops4-resources/dns-client";
import { currentPools, log, ProviderError } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { displayName } from "../name.ts";
import type { NameServer } from "./server.ts";

/** A warning is not worth a longer wait: firewalls drop queries for a server's version. */
const timeoutMs = 2000;

/**
 * Warns if PowerDNS accepts unsigned updates of the zone, which is its default for a zone without TSIG-ALLOW-DNSUPDATE.
 * Finds out by an unsigned update that removes a nonexistent record. Skips other servers, which would only log a refusal.
 */
export async function warnOfUnsigned(server: NameServer, zone: string): Promise<void> {
  if (!(await isPowerdns(server))) return;
  const { host, port } = server.settings;
  using client = new DnsClient({ host, port, timeoutMs });
  try {
    const name = `_nixops4-unsigned.${zone}`;
    const prerequisites = [prerequisite.nameUnused(name)];
    const { rcode } = await client.update({ zone, prerequisites, changes: [change.removeSet(name, "TXT")] });
    if (rcode !== "NOERROR") return;
    log.warn("PowerDNS accepts unsigned updates of the zone: set its metadata TSIG-ALLOW-DNSUPDATE", {
      zone: displayName(zone),
      server: addressOf({ host, port }),
    });
  } catch (error) {
    // The check is optional: the records are written already.
    if (!(error instanceof TransportError)) throw error;
    log.debug("unable to check whether the zone accepts unsigned updates", {
      zone: displayName(zone),
      reason: error.message,
    });
  }
}

/** Whether the server identifies itself as PowerDNS; https://doc.powerdns.com/authoritative/settings.html#version-string */
async function isPowerdns(server: NameServer): Promise<boolean> {
  const known = currentPools()?.of(Identified).isPowerdns;
  const address = addressOf(server.settings);
  const before = known?.get(address);
  if (before !== undefined) return before;
  try {
    const question = { name: "version.bind.", type: "TXT", class: classes.CH };
    // Knot does not sign its answer.
    const { answers } = await server.queryUnsigned(question, timeoutMs);
    const found = answers.some(({ rdata }) => rdata.includes("PowerDNS"));
    known?.set(address, found);
    return found;
  } catch (error) {
    // Some servers do not answer this query.
    if (!(error instanceof ProviderError)) throw error;
    log.debug("unable to read the server's version", { reason: error.message });
    return false;
  }
}

/** What the requests of a process know of servers, so that each does not ask anew. */
class Identified implements AsyncDisposable {
  readonly isPowerdns = new Map<string, boolean>();

  async [Symbol.asyncDispose](): Promise<void> {
    this.isPowerdns.clear();
  }
}
