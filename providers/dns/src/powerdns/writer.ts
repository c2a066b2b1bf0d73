import { canonicalName } from "@nixops4-resources/dns-client";
import { log, ProviderError, takeLock } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { Conflict, type BackendWriter, type Update } from "../backend.ts";
import { displayName, lastNameServers } from "../name.ts";
import { hasSameContent, idOf, isPresent, type Key, type Stored } from "../stored.ts";
import { zonePath, type PowerdnsWriter } from "./api.ts";
import { PowerdnsBackendReader, readsWholeZone, someDisabled } from "./reader.ts";
import { toPatch, type ApiRrset } from "./rrset.ts";

const searched = z.array(z.object({ name: z.string(), type: z.string(), disabled: z.boolean() }));

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
    using _lock = await takeLock(`powerdns:${this.api.url}:${zone}`);
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
    }
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
    const unchecked = readsWholeZone(keys) ? [] : prerequisites.filter((one) => !isPresent(one));
    await Promise.all(unchecked.map((one) => this.#refuseDisabled(one)));
    return new Map([...present].flatMap(([key, { rrset }]) => (rrset === undefined ? [] : [[key, rrset]])));
  }

  /** Whether an update with a lost answer took effect. */
  async #isDone({ zone, changes }: Update): Promise<boolean> {
    const present = await this.look(zone, changes);
    return changes.every((wanted, index) => isAt(present[index], wanted));
  }

  /** A request by name does not return disabled records; a search does. */
  async #refuseDisabled({ name, type }: Key): Promise<void> {
    const query = new URLSearchParams({ q: displayName(name), object_type: "record", max: "1000" });
    const found = searched.parse((await this.api.get(`search-data?${query.toString()}`)) ?? []);
    if (found.some((one) => one.disabled && one.type === type && canonicalName(one.name) === name))
      throw someDisabled({ name, type });
  }

  /** With `dnsupdate=yes`, PowerDNS accepts unsigned updates from `allow-dnsupdate-from` for a zone without a key. */
  async #warnOfUnsigned(zone: string): Promise<void> {
    const settings = z.array(z.object({ name: z.string(), value: z.string() })).parse(await this.api.get("config"));
    const setting = (name: string): string => settings.find((one) => one.name === name)?.value ?? "";
    if (setting("dnsupdate") !== "yes") return;
    const { metadata } = z
      .object({ metadata: z.array(z.string()) })
      .parse(await this.api.get(`${zonePath(zone)}/metadata/TSIG-ALLOW-DNSUPDATE`));
    if (metadata.length > 0) return;
    log.warn("the zone accepts updates without a signature: set its TSIG-ALLOW-DNSUPDATE, or `dnsupdate=no`", {
      zone: displayName(zone),
      from: setting("allow-dnsupdate-from"),
    });
  }
}

const isAt = (present: Stored | undefined, wanted: Stored): boolean =>
  present !== undefined && hasSameContent(present, wanted);
