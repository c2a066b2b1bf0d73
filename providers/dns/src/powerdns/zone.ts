import { canonicalName } from "@nixops4-resources/dns-client";
import * as z from "zod/mini";
import { zonePath, type PowerdnsReader } from "./api.ts";
import { dsFor } from "./ds.ts";
import { apiRrset, type ApiRrset } from "./rrset.ts";

/** A zone of the API. Source: https://doc.powerdns.com/authoritative/http-api/zone.html */
const apiZone = z.object({
  name: z.string(),
  kind: z.enum(["Native", "Master", "Slave", "Producer", "Consumer"]),
  masters: z.array(z.string()),
  account: z.string(),
  dnssec: z.boolean(),
  soa_edit: z.string(),
  soa_edit_api: z.string(),
  edited_serial: z.number(),
  rrsets: z.array(apiRrset),
});
const apiMetadata = z.array(z.object({ kind: z.string(), metadata: z.array(z.string()) }));

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
  const answer = await api.get(`${zonePath(zone)}?${nameServers.toString()}`);
  if (answer === undefined) return undefined;
  const { rrsets, ...found } = apiZone.parse(answer);
  const own = rrsets.find((one) => canonicalName(one.name) === zone && one.type === "NS" && one.records.length > 0);
  return {
    ...found,
    metadata: await metadataOf(api, zone),
    nameservers: own && { names: own.records.map(({ content }) => canonicalName(content)), ttlSeconds: own.ttl },
    ds: found.dnssec ? await dsFor(api, zone) : [],
  };
}

export async function metadataOf(api: PowerdnsReader, zone: string): Promise<Map<string, readonly string[]>> {
  const found = apiMetadata.parse((await api.get(`${zonePath(zone)}/metadata`)) ?? []);
  return new Map(found.map(({ kind, metadata }) => [kind, metadata]));
}

/** Canonical names of all zones of the server. */
export async function listZones(api: PowerdnsReader): Promise<string[]> {
  const zones = z.array(z.object({ name: z.string() })).parse(await api.get("zones"));
  return zones.map(({ name }) => canonicalName(name));
}

/** The record sets of a zone except its own SOA and NS. */
export async function recordsIn(api: PowerdnsReader, zone: string): Promise<ApiRrset[]> {
  const { rrsets } = z.object({ rrsets: z.array(apiRrset) }).parse((await api.get(zonePath(zone))) ?? { rrsets: [] });
  return rrsets.filter(
    ({ name, type, records }) =>
      records.length > 0 && !(canonicalName(name) === zone && (type === "SOA" || type === "NS")),
  );
}
