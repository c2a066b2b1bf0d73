import { canonicalName, parentOf } from "@nixops4-resources/dns-client";
import type { ProviderError } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { BackendReader, Zone } from "../backend.ts";
import { failure } from "../failure.ts";
import { displayName, zoneMissing } from "../name.ts";
import { isPresent, nothingAt, type Key, type Stored } from "../stored.ts";
import { zonePath, type PowerdnsReader } from "./api.ts";
import { ofServer, unexpected } from "./failure.ts";
import { apiRrset, hasDisabled, isOfKnownType, toStored, type ApiRrset } from "./rrset.ts";
import { listedZone, listZones, unlessMissing } from "./zone.ts";

/** For more names than this, one request for the whole zone replaces one request per name. */
const maxSingleLookups = 8;

const contents = z.object({ name: z.string(), rrsets: z.array(apiRrset) });

/** Reads from PowerDNS' HTTP API. */
export class PowerdnsBackendReader<Api extends PowerdnsReader = PowerdnsReader> implements BackendReader {
  protected readonly api: Api;

  constructor(api: Api) {
    this.api = api;
  }

  async findZone({ name, type }: Key): Promise<Zone> {
    // DS records of a zone are in its parent zone (RFC 4034, section 5).
    const first = type === "DS" ? parentOf(name) : name;
    for (let candidate = first; candidate !== undefined; candidate = parentOf(candidate)) {
      const zone = mayBeZone(candidate) ? await listedZone(this.api, candidate) : undefined;
      if (zone !== undefined) return zone;
    }
    throw zoneMissing(name, "nor a zone above it");
  }

  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    return (await this.lookAtApi(zone, keys)).map(({ stored }) => stored);
  }

  async zones(): Promise<string[]> {
    return await listZones(this.api);
  }

  async dsFor(zone: string): Promise<readonly string[] | undefined> {
    const found = await (await import("./ds.ts")).dsFor(this.api, zone);
    if (found.length > 0) return found;
    // A zone that was signed elsewhere has its keys as records, and the API has no DS records for them.
    return (await this.rrsets(zone, zone, "DNSKEY")).some(({ records }) => records.length > 0) ? undefined : [];
  }

  async all(zone: string): Promise<Stored[]> {
    const rrsets = await this.rrsets(zone);
    const known = rrsets.filter((one) => isOfKnownType(one));
    const stored = ofServer(this.api.url, () => known.map((one) => toStored(one)));
    return stored.filter((one) => one.type !== "SOA" && isPresent(one));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }

  /** One result per key, with the API's record set. */
  protected async lookAtApi(
    zone: string,
    keys: readonly Key[],
  ): Promise<{ stored: Stored; rrset: ApiRrset | undefined }[]> {
    const names = distinctNames(keys);
    const looks = readsWholeZone(keys) ? [this.rrsets(zone)] : names.map((name) => this.rrsets(zone, name));
    const rrsets = (await Promise.all(looks)).flat();
    return await Promise.all(
      keys.map(async (key) => {
        const rrset = rrsets.find((one) => one.type === key.type && one.name === key.name);
        if (rrset === undefined) {
          await this.#refuseNamedType(zone, key);
          return { stored: nothingAt(key), rrset };
        }
        const stored = ofServer(this.api.url, () => toStored(rrset));
        // Writing the set would delete the disabled records.
        if (stored.note === null && hasDisabled(rrset)) throw someDisabled(stored);
        return { stored, rrset };
      }),
    );
  }

  /** PowerDNS may have a name, and a presentation format, for a type that only has a number here. */
  async #refuseNamedType(zone: string, { name, type }: Key): Promise<void> {
    if (!type.startsWith("TYPE")) return;
    const [other] = (await this.rrsets(zone, name, type)).filter((one) => one.type !== type);
    if (other === undefined) return;
    throw failure(
      `PowerDNS stores ${type} at ${displayName(name)} as ${other.type}, which is not supported`,
      "dns.powerdns.type",
      "Manage these records outside of this provider",
    );
  }

  /** The record sets of a zone, optionally only those of one name, or of one name and type. */
  protected async rrsets(zone: string, name?: string, type?: string): Promise<ApiRrset[]> {
    const filter = { ...(name && { rrset_name: name }), ...(type && { rrset_type: type }) };
    const { url } = this.api;
    const path = `${zonePath(zone)}?${new URLSearchParams(filter).toString()}`;
    const found = await unlessMissing(this.api, zone, () => this.api.get(path, contents));
    if (found === undefined) throw zoneMissing(zone, `${url} does not know it`);
    return ofServer(url, () => {
      if (canonicalName(found.name) !== zone) throw unexpected(url, `answers with ${found.name} instead of ${zone}`);
      const named = found.rrsets.map((one) => ({ ...one, name: canonicalName(one.name) }));
      // Up to at least 4.9, PowerDNS also returns sets of other names that only have a comment.
      return name === undefined ? named : named.filter((one) => one.name === name);
    });
  }
}

/**
 * The API rejects a lookup of other zone names, such as a wildcard, with status 422 (apiCheckNameAllowedCharacters in
 * PowerDNS' ws-api.cc).
 */
const mayBeZone = (name: string): boolean => /^[\w/.-]+$/.test(name);

const distinctNames = (keys: readonly Key[]): string[] => [...new Set(keys.map(({ name }) => name))];

export const readsWholeZone = (keys: readonly Key[]): boolean => distinctNames(keys).length > maxSingleLookups;

export const someDisabled = ({ name, type }: Key): ProviderError =>
  failure(
    `${displayName(name)} ${type} has disabled records, which writing would delete`,
    "dns.powerdns.disabled",
    "Enable or delete them in PowerDNS, or choose another name",
  );
