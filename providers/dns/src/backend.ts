import type { Key, Stored } from "./stored.ts";

/** A zone of a server. */
export interface Zone {
  /** Absolute, in lower case, such as `example.org.`. */
  readonly name: string;
  /** Serial number of its SOA record when the backend read it; 0 if the backend does not know it. */
  readonly serial: number;
}

/** An atomic update of one zone. */
export interface Update {
  /** Name of the zone that contains all names below. */
  readonly zone: string;
  /** Record sets that must be unchanged since they were read, including their notes. Their TTLs are ignored. */
  readonly prerequisites: readonly Stored[];
  /** Wanted state of record sets. A set without values is removed; a null note is removed. */
  readonly changes: readonly Stored[];
}

/** Read access to a server or service. */
export interface BackendReader extends AsyncDisposable {
  /** The zone that contains the records of this key. Throws `dns.zone.missing` if the backend has no such zone. */
  findZone(key: Key): Promise<Zone>;
  /**
   * What is stored at exactly these keys: one result per key, in their order. Records that a resolver sees only because of
   * a wildcard or a delegation are not included.
   */
  look(zone: string, keys: readonly Key[]): Promise<Stored[]>;
  /** Names of the zones that `list` searches. */
  zones(): Promise<string[]>;
  /**
   * DS records for the zone's keys, in canonical form; empty if the zone is not signed. Undefined if the backend cannot
   * tell whether it is.
   */
  dsFor(zone: string): Promise<readonly string[] | undefined>;
  /** All record sets of the zone except its SOA, with their notes. A note without records has no values. */
  all(zone: string): Promise<Stored[]>;
}

/** Read and write access to a server or service. */
export interface BackendWriter extends BackendReader {
  /** Throws if the backend would reject or silently ignore the update, as far as it can tell without writing. */
  plan(update: Update): Promise<void>;
  /**
   * Applies all changes or none. Throws `Conflict`, and changes nothing, if a prerequisite does not hold. If the answer is
   * lost, checks whether the changes took effect before failing.
   */
  commit(update: Update): Promise<void>;
}

/** A prerequisite does not hold: another client wrote since the read. The caller reads again. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}
