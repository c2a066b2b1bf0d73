import { isDeepStrictEqual } from "node:util";
import { canonicalName, parentOf } from "@nixops4-resources/dns-client";
import { log, ProviderError, takeSlot, type Connecting } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import {
  Conflict,
  type BackendReader,
  type BackendWriter,
  type Key,
  type Stored,
  type Update,
  type Zone,
} from "../backend.ts";
import { failure } from "../failure.ts";
import { lastNameServers, textOf, zoneMissing } from "../name.ts";
import { PowerdnsReader, PowerdnsWriter, zonePath } from "./api.ts";
import { apiRrset, hasDisabled, isOfKnownType, toPatch, toStored, type ApiRrset } from "./rrset.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** More names than this, and the whole zone is asked for at once. */
const mostSingleLooks = 8;

const zones = z.array(z.object({ name: z.string(), edited_serial: z.number() }));
const contents = z.object({ rrsets: z.array(apiRrset) });
const searched = z.array(z.object({ name: z.string(), type: z.string(), disabled: z.boolean() }));

/** PowerDNS' HTTP API, for looking only. */
export class PowerdnsBackendReader<Api extends PowerdnsReader = PowerdnsReader> implements BackendReader {
  protected readonly api: Api;

  constructor(api: Api) {
    this.api = api;
  }

  async findZone({ name, type }: Key): Promise<Zone> {
    // A DS record at a zone's top is the parent's (RFC 4034, section 5).
    const first = type === "DS" ? parentOf(name) : name;
    for (let candidate = first; candidate !== undefined; candidate = parentOf(candidate)) {
      const [zone] = zones.parse(await this.api.get(`zones?zone=${encodeURIComponent(candidate)}`));
      if (zone !== undefined) return { name: canonicalName(zone.name), serial: zone.edited_serial };
    }
    throw zoneMissing(name, "nor one above it");
  }

  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    return (await this.lookAtApi(zone, keys)).map(({ stored }) => stored);
  }

  async zones(): Promise<string[]> {
    return zones.parse(await this.api.get("zones")).map(({ name }) => canonicalName(name));
  }

  async dsFor(zone: string): Promise<readonly string[] | undefined> {
    const found = await (await import("./ds.ts")).dsFor(this.api, zone);
    if (found.length > 0) return found;
    // A zone that was signed elsewhere brings its keys as records.
    return (await this.rrsets(zone, zone, "DNSKEY")).some(({ records }) => records.length > 0) ? undefined : [];
  }

  async all(zone: string): Promise<Stored[]> {
    const rrsets = await this.rrsets(zone);
    const known = rrsets.filter((one) => isOfKnownType(one)).map((one) => toStored(one));
    return known.filter(({ type, values, note }) => type !== "SOA" && (values.length > 0 || note !== null));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api[Symbol.asyncDispose]();
  }

  /** One answer per key, with what the API has at it. */
  protected async lookAtApi(
    zone: string,
    keys: readonly Key[],
  ): Promise<{ stored: Stored; rrset: ApiRrset | undefined }[]> {
    const names = distinctNames(keys);
    const looks = names.length > mostSingleLooks ? [this.rrsets(zone)] : names.map((name) => this.rrsets(zone, name));
    const rrsets = (await Promise.all(looks)).flat();
    return await Promise.all(
      keys.map(async (key) => {
        const rrset = rrsets.find((one) => one.type === key.type && canonicalName(one.name) === key.name);
        if (rrset === undefined) {
          await this.#refuseOtherName(zone, key);
          return { stored: { name: key.name, type: key.type, ttlSeconds: 0, values: [], note: null }, rrset };
        }
        const stored = toStored(rrset);
        // Nobody may lose by our hand what was only put aside.
        if (stored.note === null && hasDisabled(rrset)) throw someDisabled(stored);
        return { stored, rrset };
      }),
    );
  }

  /** A type that has a number only for us may have a name at the server, and then a form of its own too. */
  async #refuseOtherName(zone: string, { name, type }: Key): Promise<void> {
    if (!type.startsWith("TYPE")) return;
    const [other] = (await this.rrsets(zone, name, type)).filter((one) => one.type !== type);
    if (other === undefined) return;
    throw failure(
      `PowerDNS knows the type ${type} of ${textOf(name)} as ${other.type}, which is not offered here`,
      "dns.powerdns.type",
      "Manage these records by another way",
    );
  }

  /** Record sets of a zone, or those of one name, or also of one type. */
  protected async rrsets(zone: string, name?: string, type?: string): Promise<ApiRrset[]> {
    const of = { ...(name && { rrset_name: name }), ...(type && { rrset_type: type }) };
    const answer = await this.api.get(`${zonePath(zone)}?${new URLSearchParams(of).toString()}`);
    if (answer === undefined) throw zoneMissing(zone, `${this.api.url} does not know it`);
    const { rrsets } = contents.parse(answer);
    // Up to 4.9 at least, sets of other names that have only a comment are in the answer too.
    return name === undefined ? rrsets : rrsets.filter((one) => canonicalName(one.name) === name);
  }
}

/**
 * The same for writing too. The API has no compare-and-swap: writers on this machine take turns at a zone, and look before
 * they write; against another machine's writer there is only the short time between that look and the write.
 */
export class PowerdnsBackendWriter extends PowerdnsBackendReader<PowerdnsWriter> implements BackendWriter {
  async plan({ zone, changes }: Update): Promise<void> {
    const removesNameServers = changes.some(
      ({ name, type, values }) => name === zone && type === "NS" && values.length === 0,
    );
    if (removesNameServers) throw lastNameServers(zone);
  }

  async commit(update: Update): Promise<void> {
    const { zone, prerequisites, changes } = update;
    await this.plan(update);
    using _turn = await takeSlot(`powerdns:${this.api.url}:${zone}`, 1);
    const isNew = prerequisites.some((one) => isNothing(one));
    const [present] = await Promise.all([this.#hold(update), isNew && this.#warnOfUnsigned(zone)]);
    // What makes room comes first: a CNAME may only follow when its name is free.
    const inOrder = changes.toSorted((one, other) => Number(one.values.length > 0) - Number(other.values.length > 0));
    const rrsets = inOrder.map((change) => toPatch(change, present.get(keyOf(change))));
    try {
      await this.api.write("PATCH", zonePath(zone), { rrsets });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== "dns.server.closed" || !(await this.#isDone(update)))
        throw error;
    }
  }

  /** What is there at the keys of the update. Throws where a prerequisite does not hold. */
  async #hold({ zone, prerequisites, changes }: Update): Promise<Map<string, ApiRrset>> {
    const keys = new Map([...prerequisites, ...changes].map((one) => [keyOf(one), one]));
    const looks = await this.lookAtApi(zone, [...keys.values()]);
    const present = new Map(looks.map((one) => [keyOf(one.stored), one]));
    for (const wanted of prerequisites) {
      if (!isSame(present.get(keyOf(wanted))?.stored, wanted))
        throw new Conflict(`${wanted.name} ${wanted.type} changed`);
    }
    // A look at the whole zone has seen them already.
    const free =
      distinctNames(keys.values()).length > mostSingleLooks ? [] : prerequisites.filter((one) => isNothing(one));
    await Promise.all(free.map((one) => this.#refuseDisabled(one)));
    return new Map([...present].flatMap(([key, { rrset }]) => (rrset === undefined ? [] : [[key, rrset]])));
  }

  /** Whether an update took effect whose answer was lost. */
  async #isDone({ zone, changes }: Update): Promise<boolean> {
    const present = await this.look(zone, changes);
    return changes.every((wanted, index) => isSame(present[index], wanted));
  }

  /** Looks by name do not tell of records that somebody switched off; a search does. */
  async #refuseDisabled({ name, type }: Key): Promise<void> {
    const query = new URLSearchParams({ q: textOf(name), object_type: "record", max: "1000" });
    const found = searched.parse((await this.api.get(`search-data?${query.toString()}`)) ?? []);
    if (found.some((one) => one.disabled && one.type === type && canonicalName(one.name) === name))
      throw someDisabled({ name, type });
  }

  /** PowerDNS takes updates from anybody in `allow-dnsupdate-from` where no key is named for the zone. */
  async #warnOfUnsigned(zone: string): Promise<void> {
    const settings = z.array(z.object({ name: z.string(), value: z.string() })).parse(await this.api.get("config"));
    const setting = (name: string): string => settings.find((one) => one.name === name)?.value ?? "";
    if (setting("dnsupdate") !== "yes") return;
    const { metadata } = z
      .object({ metadata: z.array(z.string()) })
      .parse(await this.api.get(`${zonePath(zone)}/metadata/TSIG-ALLOW-DNSUPDATE`));
    if (metadata.length > 0) return;
    log.warn("the zone takes updates without a signature; set its TSIG-ALLOW-DNSUPDATE, or `dnsupdate=no`", {
      zone: textOf(zone),
      from: setting("allow-dnsupdate-from"),
    });
  }
}

export const openReader = (settings: PowerdnsSettings, request: Connecting): BackendReader =>
  new PowerdnsBackendReader(new PowerdnsReader(settings, request));
export const openWriter = (settings: PowerdnsSettings, request: Connecting): BackendWriter =>
  new PowerdnsBackendWriter(new PowerdnsWriter(settings, request));

const distinctNames = (keys: Iterable<Key>): string[] => [...new Set([...keys].map(({ name }) => name))];
const keyOf = ({ name, type }: Key): string => `${name} ${type}`;

const isNothing = ({ values, note }: Stored): boolean => values.length === 0 && note === null;

function isSame(present: Stored | undefined, wanted: Stored): boolean {
  return present?.note === wanted.note && isDeepStrictEqual(present.values, wanted.values);
}

const someDisabled = ({ name, type }: Key): ProviderError =>
  failure(
    `somebody disabled records of ${textOf(name)} ${type}, and writing would remove them for good`,
    "dns.powerdns.disabled",
    "Enable or delete them in PowerDNS, or choose another name",
  );
