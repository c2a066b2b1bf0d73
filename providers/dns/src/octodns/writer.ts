import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { takeLock } from "@nixops4-resources/protocol-core";
import { Conflict, type BackendWriter, type Update } from "../backend.ts";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { hasSameContent, idOf, isSameKey } from "../stored.ts";
import { filterFor, OctodnsReader } from "./reader.ts";
import { absoluteName, recordKeysOf, toRecords, toStored } from "./records.ts";
import type { OctodnsPlan, OctodnsRecord } from "./run.ts";
import { sourceIn, writeZoneFile } from "./zone-file.ts";

/**
 * Writes to a hosted zone. OctoDNS makes a zone equal to its source, so filters limit each run to our names and types. The
 * plan of a dry run is checked before a second run applies exactly that plan or nothing.
 */
export class OctodnsWriter extends OctodnsReader implements BackendWriter {
  async plan(): Promise<void> {
    // `commit` starts with a dry run, so OctoDNS rejects an update there before anything changes.
  }

  async commit({ zone, prerequisites, changes }: Update): Promise<void> {
    // OctoDNS removes undeclared records that pass the filters, so unchanged prerequisites are declared too.
    const kept = prerequisites.filter((one) => !changes.some((change) => isSameKey(one, change)));
    const declared = [...changes, ...kept];
    const ours = declared.flatMap((one) => toRecords(one, zone));
    using _lock = await takeLock(`octodns:${zone}`);
    const folder = mkdtempSync(join(tmpdir(), "nixops4-octodns-"));
    try {
      const providers = { source: sourceIn(folder), target: await this.provider() };
      const filter = this.#replacesWholeZone ? undefined : filterFor(zone, declared);
      const planFor = async (others: readonly OctodnsRecord[]): Promise<OctodnsPlan> => {
        writeZoneFile(folder, zone, [...others, ...ours]);
        return await this.run(zone, providers, filter);
      };
      const ourIds = new Set(declared.flatMap((one) => recordKeysOf(one, zone).map(idOf)));
      const isOurs = (record: OctodnsRecord): boolean => ourIds.has(idOf(record));

      const seen = this.#replacesWholeZone ? await this.records(zone, undefined) : undefined;
      let plan = await planFor(seen?.filter((record) => !isOurs(record)) ?? []);
      // A foreign record passes the filters if one of our sets has its name and another one its type.
      const others = plan.changes.flatMap(({ before }) => (before === undefined || isOurs(before) ? [] : before));
      if (others.length > 0) plan = await planFor(others);
      refuseOthers(plan, zone, (record) => isOurs(record) || seen?.some((one) => idOf(one) === idOf(record)) === true);

      const present = seen ?? [...plan.changes.flatMap(({ before }) => before ?? []), ...unchanged(ours, plan)];
      for (const wanted of prerequisites) {
        if (!hasSameContent(toStored(zone, wanted, present), wanted))
          throw new Conflict(`${wanted.name} ${wanted.type} changed`);
      }
      if (plan.changes.length > 0) await this.run(zone, providers, filter, plan.checksum);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Some targets overwrite the zone without reading it: octodns.provider.yaml, and octodns_bind's zone files. */
  get #replacesWholeZone(): boolean {
    return /\b(Yaml|ZoneFile)(Provider|Source)$/.test(this.settings.class);
  }
}

function refuseOthers({ changes }: OctodnsPlan, zone: string, mayChange: (record: OctodnsRecord) => boolean): void {
  for (const { before, after } of changes) {
    const record = after ?? before;
    if (record === undefined || mayChange(record)) continue;
    throw failure(
      `OctoDNS would change ${displayName(absoluteName(record.name, zone))} ${record.type}, which is not ours`,
      "dns.octodns.plan",
      "Run `octodns-sync` yourself to find the reason: the service may return a record differently than it was written",
    );
  }
}

/** Wanted records that already exist: the plan does not contain them. */
const unchanged = (wanted: readonly OctodnsRecord[], { changes }: OctodnsPlan): OctodnsRecord[] =>
  wanted.filter((record) => !changes.some(({ after }) => after !== undefined && isSameKey(after, record)));
