import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { canonicalName, isWithin } from "@nixops4-resources/dns-client";
import { resolveSecret, takeSlot, type Connecting } from "@nixops4-resources/protocol-core";
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
import { keyOfMark, markNameOf } from "../note/mark-name.ts";
import { nameOf, textOf, zoneMissing } from "../name.ts";
import { fromOctodns, isKnownToOctodns, toOctodns } from "./record.ts";
import { runOctodns, type OctodnsPlan, type OctodnsRecord } from "./run.ts";
import type { OctodnsSettings } from "./settings.ts";
import { noteOf, noteValues } from "../rfc2136/note.ts";

/** What a run may see; everything where there are none. */
type Filter = { names: readonly string[]; types: readonly string[] } | undefined;

/** A hosted zone by OctoDNS, for looking only: a run that plans to copy the zone into a file, and does not. */
export class OctodnsReader implements BackendReader {
  protected readonly settings: OctodnsSettings;
  readonly #signal: AbortSignal;

  constructor(settings: OctodnsSettings, { signal }: Connecting) {
    this.settings = settings;
    this.#signal = signal;
  }

  async findZone({ name }: Key): Promise<Zone> {
    const within = (await this.zones()).filter((zone) => isWithin(name, zone));
    const [zone] = within.sort((one, other) => other.length - one.length);
    if (zone === undefined) throw zoneMissing(name, "`connection.octodns.zones` names none that it is in");
    // Services number their zones as they like, and OctoDNS does not ask.
    return { name: zone, serial: 0 };
  }

  async zones(): Promise<string[]> {
    return this.settings.zones.map((zone) => nameOf(zone, "connection.octodns.zones"));
  }

  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    const records = await this.records(zone, filterFor(zone, keys));
    return keys.map((key) => toStored(zone, key, records));
  }

  async dsFor(): Promise<undefined> {
    // OctoDNS knows no keys: the service has them.
  }

  async all(zone: string): Promise<Stored[]> {
    const records = await this.records(zone, undefined);
    const keys = records.flatMap(({ name, type }) => {
      if (!isKnownToOctodns(type)) return [];
      const absolute = absoluteName(name, zone);
      const marked = type === "TXT" ? keyOfMark(absolute) : undefined;
      return marked !== undefined && markNameOf(marked, zone) === absolute ? [marked] : [{ name: absolute, type }];
    });
    const distinct = new Map(keys.map((key) => [`${key.name} ${key.type}`, key]));
    return [...distinct.values()].map((key) => toStored(zone, key, records));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing is open between two runs.
  }

  protected async records(zone: string, filter: Filter): Promise<OctodnsRecord[]> {
    const nowhere = { class: "octodns.provider.yaml.YamlProvider", directory: "/nonexistent" };
    const { changes } = await this.run(zone, { source: await this.provider(), target: nowhere }, filter);
    return changes.flatMap(({ after }) => after ?? []);
  }

  /** The provider's settings, with what is secret. */
  protected async provider(): Promise<object> {
    const { class: name, settings, secrets } = this.settings;
    const revealed = Object.entries(secrets).map(async ([setting, ref]) => {
      const secret = await resolveSecret(ref, `\`${setting}\` of OctoDNS' provider`);
      return [setting, secret.reveal()] as const;
    });
    return { ...settings, class: name, ...Object.fromEntries(await Promise.all(revealed)) };
  }

  protected async run(
    zone: string,
    providers: { source: object; target: object },
    filter: Filter,
    checksum?: string,
  ): Promise<OctodnsPlan> {
    const { names = ["/^/"], types } = filter ?? {};
    const processors = {
      names: { class: "octodns.processor.filter.NameAllowlistFilter", allowlist: names },
      ...(types && { types: { class: "octodns.processor.filter.TypeAllowlistFilter", allowlist: types } }),
    };
    const configuration = {
      manager: { enable_checksum: true, plan_outputs: { json: { class: "octodns.provider.plan.PlanJson" } } },
      providers,
      processors,
      zones: {
        [zone]: { sources: ["source"], targets: ["target"], processors: Object.keys(processors), lenient: true },
      },
    };
    return await runOctodns(this.settings.command, configuration, {
      signal: this.#signal,
      ...(checksum !== undefined && { checksum }),
    });
  }
}

/**
 * The same for writing too. OctoDNS makes a whole zone as it is told: it is told what is at our names, of our types, and
 * sees nothing else. Its plan is read before it is carried out, by a run that carries out exactly that plan or nothing.
 */
export class OctodnsWriter extends OctodnsReader implements BackendWriter {
  async plan(): Promise<void> {
    // What OctoDNS refuses it refuses in `commit`, before anything is changed: a run of its own would take as long.
  }

  async commit({ zone, prerequisites, changes }: Update): Promise<void> {
    // OctoDNS takes away what the filter lets through and is not declared: also what is only to be as it was.
    const kept = prerequisites.filter(
      (one) => !changes.some(({ name, type }) => one.name === name && one.type === type),
    );
    const declared = [...changes, ...kept];
    const ours = declared.flatMap((one) => toRecords(one, zone));
    using _turn = await takeSlot(`octodns:${zone}`, 1);
    const folder = mkdtempSync(join(tmpdir(), "nixops4-octodns-"));
    try {
      const providers = { source: sourceIn(folder), target: await this.provider() };
      const filter = this.#writesAllAnew ? undefined : filterFor(zone, declared);
      const planFor = async (others: readonly OctodnsRecord[]): Promise<OctodnsPlan> => {
        writeZoneFile(folder, zone, [...others, ...ours]);
        return await this.run(zone, providers, filter);
      };
      const ourIds = new Set(declared.flatMap((one) => idsOf(one, zone)));
      const isOurs = (record: OctodnsRecord): boolean => ourIds.has(idOf(record));

      const seen = this.#writesAllAnew ? await this.records(zone, undefined) : undefined;
      let plan = await planFor(seen?.filter((record) => !isOurs(record)) ?? []);
      // A name of ours and a type of ours may meet in a record that is none.
      const others = plan.changes.flatMap(({ before }) => (before === undefined || isOurs(before) ? [] : before));
      if (others.length > 0) plan = await planFor(others);
      refuseOthers(plan, zone, (record) => isOurs(record) || seen?.some((one) => idOf(one) === idOf(record)) === true);

      const present = seen ?? [...plan.changes.flatMap(({ before }) => before ?? []), ...unchanged(ours, plan)];
      for (const wanted of prerequisites) {
        if (!isSame(toStored(zone, wanted, present), wanted))
          throw new Conflict(`${wanted.name} ${wanted.type} changed`);
      }
      if (plan.changes.length > 0) await this.run(zone, providers, filter, plan.checksum);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  /** Targets that never look at what is there: octodns.provider.yaml, and octodns_bind's zone files. */
  get #writesAllAnew(): boolean {
    return /\b(Yaml|ZoneFile)(Provider|Source)$/.test(this.settings.class);
  }
}

function refuseOthers({ changes }: OctodnsPlan, zone: string, mayChange: (record: OctodnsRecord) => boolean): void {
  for (const { before, after } of changes) {
    const record = after ?? before;
    if (record === undefined || mayChange(record)) continue;
    throw failure(
      `OctoDNS would change ${textOf(absoluteName(record.name, zone))} ${record.type}, which is not ours`,
      "dns.octodns.plan",
      "See why with `octodns-sync` by hand: the service may give a record back otherwise than it was given",
    );
  }
}

/** What is wanted and there already: a plan does not speak of it. */
const unchanged = (wanted: readonly OctodnsRecord[], { changes }: OctodnsPlan): OctodnsRecord[] =>
  wanted.filter((record) => !changes.some(({ after }) => after !== undefined && idOf(after) === idOf(record)));

const sourceIn = (directory: string): object => ({
  class: "octodns.provider.yaml.YamlProvider",
  directory,
  enforce_order: false,
});

/** What OctoDNS is to make of the zone. JSON is YAML, and there is nothing secret in it. */
function writeZoneFile(folder: string, zone: string, records: readonly OctodnsRecord[]): void {
  const names = [...new Set(records.map(({ name }) => name))];
  const content = names.map((name) => [name, records.filter((record) => record.name === name).map(toYaml)]);
  writeFileSync(join(folder, `${zone}yaml`), JSON.stringify(Object.fromEntries(content)));
}

/** Types with one value, such as CNAME, take no list. */
const toYaml = ({ type, ttl, values }: OctodnsRecord): object =>
  values.length === 1 ? { type, ttl, value: values[0] } : { type, ttl, values };

/** OctoDNS' names are relative to the zone, and its top has none. */
const relativeName = (name: string, zone: string): string => (name === zone ? "" : name.slice(0, -zone.length - 1));
const absoluteName = (name: string, zone: string): string => canonicalName(name === "" ? zone : `${name}.${zone}`);

function filterFor(zone: string, keys: readonly Key[]): Filter {
  const names = keys.flatMap((key) => [key.name, markNameOf(key, zone)]).map((name) => relativeName(name, zone));
  return { names: [...new Set(names)], types: [...new Set([...keys.map(({ type }) => type), "TXT"])] };
}

const idOf = ({ name, type }: OctodnsRecord): string => `${type} ${name}`;

/** What the records of a set, and its mark, are called. */
const idsOf = (key: Key, zone: string): string[] => [
  `${key.type} ${relativeName(key.name, zone)}`,
  `TXT ${relativeName(markNameOf(key, zone), zone)}`,
];

function toStored(zone: string, { name, type }: Key, records: readonly OctodnsRecord[]): Stored {
  const [own, mark] = idsOf({ name, type }, zone);
  const found = records.find((record) => idOf(record) === own);
  const marked = records.find((record) => idOf(record) === mark);
  return {
    name,
    type,
    ttlSeconds: found?.ttl ?? 0,
    values: (found?.values ?? []).map((value) => fromOctodns(type, value)).sort(),
    note: marked === undefined ? null : noteOf(marked.values.map((value) => fromOctodns("TXT", value))),
  };
}

function toRecords({ name, type, ttlSeconds, values, note }: Stored, zone: string): OctodnsRecord[] {
  const make = (at: string, of: string, ttl: number, texts: readonly string[]): OctodnsRecord[] =>
    texts.length === 0
      ? []
      : [{ name: relativeName(at, zone), type: of, ttl, values: texts.map((text) => toOctodns(of, text)) }];
  return [
    ...make(name, type, ttlSeconds, values),
    ...make(markNameOf({ name, type }, zone), "TXT", markTtlSeconds, note === null ? [] : noteValues(note)),
  ];
}

/** Seconds that a mark may be cached: nobody but us asks for one. */
const markTtlSeconds = 300;

const isSame = (present: Stored, wanted: Stored): boolean =>
  present.note === wanted.note && isDeepStrictEqual(present.values, wanted.values);

export const openReader = (settings: OctodnsSettings, request: Connecting): BackendReader =>
  new OctodnsReader(settings, request);
export const openWriter = (settings: OctodnsSettings, request: Connecting): BackendWriter =>
  new OctodnsWriter(settings, request);
