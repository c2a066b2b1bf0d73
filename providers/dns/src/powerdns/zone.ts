import { canonicalName } from "@nixops4-resources/dns-client";
import * as z from "zod/mini";
import { zonePath, type PowerdnsReader, type PowerdnsWriter } from "./api.ts";
import { dsFor } from "./ds.ts";
import { isNotFound, ofServer, unexpected } from "./failure.ts";
import { apiRrset, type ApiRrset } from "./rrset.ts";

/** A zone of the API. Source: https://doc.powerdns.com/authoritative/http-api/zone.html */
const apiZone = z.object({
  name: z.string(),
  kind: z.string(),
  masters: z.array(z.string()),
  account: z.string(),
  dnssec: z.boolean(),
  soa_edit: z.string(),
  soa_edit_api: z.string(),
  edited_serial: z.int(),
  rrsets: z.array(apiRrset),
});
const apiMetadata = z.array(z.object({ kind: z.string(), metadata: z.array(z.string()) }));
const apiListed = z.array(z.object({ name: z.string(), account: z.string(), edited_serial: z.int() }));

/** A zone in the list of zones. */
export interface ListedZone {
  readonly name: string;
  readonly account: string;
  readonly serial: number;
}

/** A zone with its metadata, but without its records. */
export interface PowerdnsZone extends Omit<z.output<typeof apiZone>, "rrsets"> {
  metadata: ReadonlyMap<string, readonly string[]>;
  /** Canonical names of its NS records, and their TTL in seconds; undefined if it has none. */
  nameservers: { names: string[]; ttlSeconds: number } | undefined;
  ds: string[];
}

/** Undefined if the server does not have the zone. */
export async function findZone(api: PowerdnsReader, zone: string): Promise<PowerdnsZone | undefined> {
  const nameServers = new URLSearchParams({ rrset_name: zone, rrset_type: "NS" });
  return await unlessMissing(api, zone, async () => {
    const { rrsets, ...found } = await api.get(`${zonePath(zone)}?${nameServers.toString()}`, apiZone);
    requireName(api, found.name, zone);
    const own = ofServer(api.url, () =>
      rrsets.find((one) => canonicalName(one.name) === zone && one.type === "NS" && one.records.length > 0),
    );
    return {
      ...found,
      metadata: await metadataOf(api, zone),
      nameservers: own && {
        names: ofServer(api.url, () => own.records.map(({ content }) => canonicalName(content))),
        ttlSeconds: own.ttl,
      },
      ds: found.dnssec ? await dsFor(api, zone) : [],
    };
  });
}

/**
 * What `look` finds in the zone; undefined if the zone is missing. PowerDNS answers 404 for a missing zone, a wrong server
 * and a wrong path alike, so a 404 counts as missing only if the list of zones lacks the zone too. If the list has it, it was
 * created between the two answers, and the second look finds it.
 */
export async function unlessMissing<T>(
  api: PowerdnsReader,
  zone: string,
  look: () => Promise<T>,
): Promise<T | undefined> {
  for (let tries = 1; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (!isNotFound(error)) throw error;
      if ((await listedZone(api, zone)) === undefined) return undefined;
      if (tries === 3) throw error;
    }
  }
}

/** The zone of exactly this name in the server's list of zones: the only answer that can say that a zone is missing. */
export async function listedZone(api: PowerdnsReader, zone: string): Promise<ListedZone | undefined> {
  const [found, ...others] = await api.get(`zones?zone=${encodeURIComponent(zone)}`, apiListed);
  if (found === undefined) return undefined;
  if (others.length > 0) throw unexpected(api.url, `answers with ${others.length + 1} zones when asked for one`);
  requireName(api, found.name, zone);
  return { name: zone, account: found.account, serial: found.edited_serial };
}

function requireName(api: PowerdnsReader, name: string, zone: string): void {
  if (ofServer(api.url, () => canonicalName(name)) === zone) return;
  throw unexpected(api.url, `answers with the zone ${name} when asked for ${zone}`);
}

export async function metadataOf(api: PowerdnsReader, zone: string): Promise<Map<string, readonly string[]>> {
  const found = await api.get(`${zonePath(zone)}/metadata`, apiMetadata);
  return new Map(found.map(({ kind, metadata }) => [kind, metadata]));
}

/** Canonical names of all zones of the server. */
export async function listZones(api: PowerdnsReader): Promise<string[]> {
  const zones = await api.get("zones", apiListed);
  return ofServer(api.url, () => zones.map(({ name }) => canonicalName(name)));
}

/** Creates a zone. The server repeats its name. */
export async function createZone(
  api: PowerdnsWriter,
  zone: Readonly<Record<string, unknown> & { name: string }>,
): Promise<void> {
  const created = await api.writeFor("POST", "zones", zone, z.pick(apiZone, { name: true }));
  requireName(api, created.name, zone.name);
}

/** The record sets of a zone except its own SOA and NS. */
export async function recordsIn(api: PowerdnsReader, zone: string): Promise<ApiRrset[]> {
  const { name: found, rrsets } = await api.get(zonePath(zone), z.pick(apiZone, { name: true, rrsets: true }));
  requireName(api, found, zone);
  return ofServer(api.url, () =>
    rrsets.filter(
      ({ name, type, records }) =>
        records.length > 0 && !(canonicalName(name) === zone && (type === "SOA" || type === "NS")),
    ),
  );
}
