import { canonicalName } from "@nixops4-resources/dns-client";
import { log, ProviderError } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { Conflict, type BackendWriter, type Update } from "../backend.ts";
import { displayName, lastNameServers } from "../name.ts";
import { hasSameContent, idOf, isPresent, type Key, type Stored } from "../stored.ts";
import { zonePath, type PowerdnsWriter } from "./api.ts";
import { ofServer, unexpected } from "./failure.ts";
import { lockZone } from "./lock.ts";
import { PowerdnsBackendReader, readsWholeZone, someDisabled } from "./reader.ts";
import { hasDisabled, toPatch, type ApiRrset } from "./rrset.ts";

const searched = z.array(z.object({ name: z.string(), type: z.string(), disabled: z.boolean() }));
/** A search that returns as many may have found more. */
const maxFound = 1000;
const apiSettings = z.array(z.object({ name: z.string(), value: z.string() }));
const apiKind = z.object({ metadata: z.array(z.string()) });

/**
 * Writes to PowerDNS' HTTP API, which has no compare-and-swap. Writers on this machine lock the zone and check the
 * prerequisites before they write. A writer on another machine can still interfere between that check and the write.
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
    using _lock = await lockZone(this.api, zone);
    const isNew = prerequisites.some((one) => !isPresent(one));
    const [present] = await Promise.all([this.#checkPrerequisites(update), isNew && this.#warnOfUnsigned(zone)]);
    // Removals come first: PowerDNS accepts a CNAME only if no other record exists at its name.
    const inOrder = changes.toSorted((one, other) => Number(one.values.length > 0) - Number(other.values.length > 0));
    const rrsets = inOrder.map((change) => toPatch(change, present.get(idOf(change))));
    try {
      await this.api.write("PATCH", zonePath(zone), { rrsets });
    } catch (error) {
      if (!(error instanceof ProviderError) || error.code !== "dns.server.closed" || !(await this.#isDone(update)))
        throw error;
      return;
    }
    // Nobody looks again after a mark was removed from records that stay.
    const isRelease = changes.some(({ values, note }) => values.length > 0 && note === null);
    if (isRelease && !(await this.#isDone(update)))
      throw unexpected(this.api.url, "confirms a change that had no effect");
  }

  /** The API's record sets at the keys of the update. Throws `Conflict` if a prerequisite does not hold. */
  async #checkPrerequisites({ zone, prerequisites, changes }: Update): Promise<Map<string, ApiRrset>> {
    const keys = [...new Map([...prerequisites, ...changes].map((one) => [idOf(one), one])).values()];
    const looks = await this.lookAtApi(zone, keys);
    const present = new Map(looks.map((one) => [idOf(one.stored), one]));
    for (const wanted of prerequisites) {
      if (!isAt(present.get(idOf(wanted))?.stored, wanted)) throw new Conflict(`${wanted.name} ${wanted.type} changed`);
    }
    // A request for the whole zone returns disabled records, so `lookAtApi` has checked them already.
    const unchecked = readsWholeZone(keys) ? [] : keys.filter((one) => present.get(idOf(one))?.stored.note === null);
    if (unchecked.length > 0) await this.#refuseDisabled(zone, unchecked);
    return new Map([...present].flatMap(([key, { rrset }]) => (rrset === undefined ? [] : [[key, rrset]])));
  }

  /** Whether an update with a lost answer took effect. */
  async #isDone({ zone, changes }: Update): Promise<boolean> {
    const present = await this.look(zone, changes);
    return changes.every((wanted, index) => isAt(present[index], wanted));
  }

  /** A request by name does not return disabled records; a search does, and so does a request for the whole zone. */
  async #refuseDisabled(zone: string, keys: readonly Key[]): Promise<void> {
    const names = new Set(keys.map(({ name }) => name));
    const found = await Promise.all([...names].map((name) => this.#disabledAt(zone, name)));
    const disabled = new Set(found.flat().map(idOf));
    const [taken] = keys.filter((key) => disabled.has(idOf(key)));
    if (taken !== undefined) throw someDisabled(taken);
  }

  async #disabledAt(zone: string, name: string): Promise<Key[]> {
    const query = new URLSearchParams({ q: displayName(name), object_type: "record", max: String(maxFound) });
    // In a search, * and ? stand for any characters.
    const found = /[*?]/.test(name) ? [] : await this.api.get(`search-data?${query.toString()}`, searched);
    if (/[*?]/.test(name) || found.length >= maxFound) {
      const rrsets = (await this.rrsets(zone)).filter((one) => one.name === name && hasDisabled(one));
      return rrsets.map(({ type }) => ({ name, type }));
    }
    const own = ofServer(this.api.url, () => found.filter((one) => canonicalName(one.name) === name));
    return own.filter(({ disabled }) => disabled).map(({ type }) => ({ name, type }));
  }

  /** With `dnsupdate=yes`, PowerDNS accepts unsigned updates from `allow-dnsupdate-from` for a zone without a key. */
  async #warnOfUnsigned(zone: string): Promise<void> {
    const settings = await this.api.get("config", apiSettings);
    const setting = (name: string): string => settings.find((one) => one.name === name)?.value ?? "";
    if (setting("dnsupdate") !== "yes") return;
    const { metadata } = await this.api.get(`${zonePath(zone)}/metadata/TSIG-ALLOW-DNSUPDATE`, apiKind);
    if (metadata.length > 0) return;
    log.warn("the zone accepts updates without a signature: set its TSIG-ALLOW-DNSUPDATE, or `dnsupdate=no`", {
      zone: displayName(zone),
      from: setting("allow-dnsupdate-from"),
    });
  }
}

const isAt = (present: Stored | undefined, wanted: Stored): boolean =>
  present !== undefined && hasSameContent(present, wanted);
