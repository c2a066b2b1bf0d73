import { isWithin } from "@nixops4-resources/dns-client";
import type { Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, BackendWriter, Key, Stored, Zone } from "./backend.ts";
import type { Connection } from "./connection.ts";
import { outside, textOf, zoneMissing } from "./name.ts";

/** A server or a service, for looking only. What was seen is kept: it is what a write counts on. */
export class DnsReader<Backend extends BackendReader = BackendReader> implements AsyncDisposable {
  readonly backend: Backend;
  readonly #seen = new Map<string, Stored>();
  readonly #zones = new Map<string, string>();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** One answer per key, in their order. */
  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    // A run of OctoDNS takes half a second, also for nothing.
    if (keys.length === 0) return [];
    const found = await this.backend.look(zone, keys);
    for (const stored of found) this.remember(stored);
    return found;
  }

  /** What the last look saw there, or the last write left. */
  seen(key: Key): Stored {
    return this.#seen.get(idOf(key)) ?? nothingAt(key);
  }

  /** The zone of a key: the one that is given, or the one that holds it. Its serial is that of now. */
  async findZone(key: Key, given: string | null): Promise<Zone> {
    const zone = await this.backend.findZone(given === null ? key : { name: given, type: "SOA" });
    if (given !== null && zone.name !== given)
      throw zoneMissing(given, `it has ${textOf(zone.name)}, which is above it`);
    if (!isWithin(key.name, zone.name)) throw outside(key.name, zone.name);
    this.#zones.set(idOf(key), zone.name);
    return zone;
  }

  /** The name of the zone that `findZone` found for a key, or finds now. */
  async zoneName(key: Key, given: string | null): Promise<string> {
    return this.#zones.get(idOf(key)) ?? (await this.findZone(key, given)).name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend[Symbol.asyncDispose]();
  }

  protected remember(stored: Stored): void {
    this.#seen.set(idOf(stored), stored);
  }
}

/** The same, for writing too. */
export class DnsWriter extends DnsReader<BackendWriter> {
  /** Brings the changes about where these keys, and those of `basis`, are as they were seen; else throws `Conflict`. */
  async write(zone: string, changes: readonly Stored[], basis: readonly Key[] = []): Promise<void> {
    const unchanged = basis.filter((key) => !changes.some((change) => idOf(change) === idOf(key)));
    const update = { zone, prerequisites: [...changes, ...unchanged].map((key) => this.seen(key)), changes };
    await this.backend.plan(update);
    await this.backend.commit(update);
    for (const change of changes) this.remember(change);
  }
}

/** No record, and nothing of ours. */
export const nothingAt = ({ name, type }: Key): Stored => ({ name, type, ttlSeconds: 0, values: [], note: null });

export const connectReader = async (connection: Connection, request: Connecting): Promise<DnsReader> =>
  new DnsReader(await openReader(connection, request));

export const connectWriter = async (connection: Connection, request: Connecting): Promise<DnsWriter> =>
  new DnsWriter(await openWriter(connection, request));

async function openReader(connection: Connection, request: Connecting): Promise<BackendReader> {
  if ("powerdns" in connection)
    return (await import("./powerdns/powerdns.ts")).openReader(connection.powerdns, request);
  if ("octodns" in connection) return (await import("./octodns/octodns.ts")).openReader(connection.octodns, request);
  return await (await import("./rfc2136/rfc2136.ts")).openReader(connection.rfc2136, request);
}

async function openWriter(connection: Connection, request: Connecting): Promise<BackendWriter> {
  if ("powerdns" in connection)
    return (await import("./powerdns/powerdns.ts")).openWriter(connection.powerdns, request);
  if ("octodns" in connection) return (await import("./octodns/octodns.ts")).openWriter(connection.octodns, request);
  return await (await import("./rfc2136/rfc2136.ts")).openWriter(connection.rfc2136, request);
}

const idOf = ({ name, type }: Key): string => `${type} ${name}`;
