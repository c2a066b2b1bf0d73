import { isWithin } from "@nixops4-resources/dns-client";
import { log, type Connecting } from "@nixops4-resources/protocol-core";
import type { BackendReader, BackendWriter, Zone } from "./backend.ts";
import type { Connection } from "./connection.ts";
import { displayName, outside, zoneMissing } from "./name.ts";
import { checkStored } from "./sent.ts";
import { idOf, isSameKey, nothingAt, type Key, type Stored } from "./stored.ts";

/** Reads from a backend, and remembers what it read: writes use that as their prerequisites. */
export class DnsReader<Backend extends BackendReader = BackendReader> implements AsyncDisposable {
  readonly backend: Backend;
  readonly #seen = new Map<string, Stored>();
  readonly #zones = new Map<string, string>();
  readonly #warnings = new Set<string>();

  constructor(backend: Backend) {
    this.backend = backend;
  }

  /** One result per key, in their order. */
  async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    // An OctoDNS run takes half a second, even without keys.
    if (keys.length === 0) return [];
    const found = await this.backend.look(zone, keys);
    for (const stored of found) this.remember(stored);
    return found;
  }

  /** The state of the key after the last read or write. */
  seen(key: Key): Stored {
    return this.#seen.get(idOf(key)) ?? nothingAt(key);
  }

  /** The zone of a key, with its current serial number. If `given` is null, the backend finds the zone. */
  async findZone(key: Key, given: string | null): Promise<Zone> {
    const zone = await this.backend.findZone(given === null ? key : { name: given, type: "SOA" });
    if (given !== null && zone.name !== given)
      throw zoneMissing(given, `it only has the zone ${displayName(zone.name)} above it`);
    if (!isWithin(key.name, zone.name)) throw outside(key.name, zone.name);
    this.#zones.set(idOf(key), zone.name);
    return zone;
  }

  /** The name of the zone of a key. Calls `findZone` only if it was not called for this key before. */
  async zoneName(key: Key, given: string | null): Promise<string> {
    return this.#zones.get(idOf(key)) ?? (await this.findZone(key, given)).name;
  }

  /** Logs a warning once, although a request looks several times. */
  warnOnce(message: string, details: Readonly<Record<string, string>>): void {
    const warning = JSON.stringify([message, details]);
    if (this.#warnings.has(warning)) return;
    this.#warnings.add(warning);
    log.warn(message, details);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.backend[Symbol.asyncDispose]();
  }

  protected remember(stored: Stored): void {
    this.#seen.set(idOf(stored), stored);
  }
}

export class DnsWriter extends DnsReader<BackendWriter> {
  readonly #sent = new Map<string, Stored>();

  /** Throws if a set that this client wrote still has its note, but other records than were sent. */
  override async look(zone: string, keys: readonly Key[]): Promise<Stored[]> {
    const found = await super.look(zone, keys);
    for (const stored of found) checkStored(this.#sent.get(idOf(stored)), stored);
    return found;
  }

  /** Writes the changes. Throws `Conflict` if one of their keys, or of `basis`, is no longer as last seen. */
  async write(zone: string, changes: readonly Stored[], basis: readonly Key[] = []): Promise<void> {
    const unchanged = basis.filter((key) => !changes.some((change) => isSameKey(change, key)));
    const update = { zone, prerequisites: [...changes, ...unchanged].map((key) => this.seen(key)), changes };
    await this.backend.plan(update);
    await this.backend.commit(update);
    for (const change of changes) {
      this.remember(change);
      this.#sent.set(idOf(change), change);
    }
  }
}

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
