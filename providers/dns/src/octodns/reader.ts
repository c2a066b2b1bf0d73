import { isWithin } from "@nixops4-resources/dns-client";
import { resolveSecret, type Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, Zone } from "../backend.ts";
import { nameOf, zoneMissing } from "../name.ts";
import type { Key, Stored } from "../stored.ts";
import { allStored, recordKeysOf, toStored } from "./records.ts";
import { runOctodns, type OctodnsPlan, type OctodnsRecord } from "./run.ts";
import type { OctodnsSettings } from "./settings.ts";

/** The names and types that a run includes; undefined includes everything. */
export type Filter = { names: readonly string[]; types: readonly string[] } | undefined;

/** Reads a hosted zone from the plan of a dry run that would copy the zone to a file. */
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
    if (zone === undefined) throw zoneMissing(name, "`connection.octodns.zones` has no zone that contains it");
    // OctoDNS does not report serial numbers.
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
    // The service has the keys, and OctoDNS does not report them.
  }

  async all(zone: string): Promise<Stored[]> {
    return allStored(zone, await this.records(zone, undefined));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Nothing stays open between two runs.
  }

  protected async records(zone: string, filter: Filter): Promise<OctodnsRecord[]> {
    const nowhere = { class: "octodns.provider.yaml.YamlProvider", directory: "/nonexistent" };
    const { changes } = await this.run(zone, { source: await this.provider(), target: nowhere }, filter);
    return changes.flatMap(({ after }) => after ?? []);
  }

  /** The provider's settings, including secrets. */
  protected async provider(): Promise<object> {
    const { class: name, settings, secrets } = this.settings;
    const revealed = Object.entries(secrets).map(async ([setting, ref]) => {
      const secret = await resolveSecret(ref, `\`${setting}\` of OctoDNS' provider`);
      return [setting, secret.revealText()] as const;
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

/** Includes the keys' sets and their notes. */
export function filterFor(zone: string, keys: readonly Key[]): Filter {
  const included = keys.flatMap((key) => recordKeysOf(key, zone));
  return {
    names: [...new Set(included.map(({ name }) => name))],
    types: [...new Set([...keys.map(({ type }) => type), "TXT"])],
  };
}
