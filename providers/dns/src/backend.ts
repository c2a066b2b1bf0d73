/** Where a record set is: one name and one type. */
export interface Key {
  /** Absolute, in lower case, as `www.example.org.`; never Unicode. */
  readonly name: string;
  /** Mnemonic in upper case such as `MX`, or `TYPE65400` where a type has none. */
  readonly type: string;
}

/** All records of one name and type, and what we wrote beside them. */
export interface Stored extends Key {
  /** Time to live of every record, in seconds; 0 where there are none. */
  readonly ttlSeconds: number;
  /**
   * Each record's value in the canonical presentation form (`canonical` of the client), sorted. Two values are equal
   * exactly when their texts are. Empty where the name has no record of this type.
   */
  readonly values: readonly string[];
  /**
   * What stands beside the records for us: the mark on the first line, further words of ours below it. Each backend has its
   * own place for it (a TXT record `_nixops4-<type>.<name>`, a comment). Null where there is nothing.
   */
  readonly note: string | null;
}

/** A zone of a server. */
export interface Zone {
  /** Absolute, in lower case, as `example.org.`. */
  readonly name: string;
  /** Serial number of its SOA record at the moment of the look. */
  readonly serial: number;
}

/** What one commit is made of: all of it takes effect, or nothing. */
export interface Update {
  /** Name of the zone; every name below is in it. */
  readonly zone: string;
  /** What was seen and must still be so, note and all. The TTL does not count. */
  readonly prerequisites: readonly Stored[];
  /** What is to be there afterwards: without values no record, without note no mark. */
  readonly changes: readonly Stored[];
}

/** A server, or a service, for looking only. */
export interface BackendReader extends AsyncDisposable {
  /** The zone that holds the records of this key. Throws `dns.zone.missing` where the backend has none. */
  findZone(key: Key): Promise<Zone>;
  /**
   * What is stored at exactly these keys, one answer per key and in their order. What a wildcard or a delegation lets a
   * resolver see does not count.
   */
  look(zone: string, keys: readonly Key[]): Promise<Stored[]>;
  /** Names of the zones that `list` goes through. */
  zones(): Promise<string[]>;
  /**
   * DS records that fit the zone's keys, in their canonical form; none where the zone is not signed. Undefined where the backend
   * cannot tell whether it is.
   */
  dsFor(zone: string): Promise<readonly string[] | undefined>;
  /** Everything in the zone but its SOA record, notes where they belong. A note whose records are gone has no values. */
  all(zone: string): Promise<Stored[]>;
}

/** The same for writing too. */
export interface BackendWriter extends BackendReader {
  /** Throws where the commit would be refused or silently ignored, as far as that can be told without writing. */
  plan(update: Update): Promise<void>;
  /**
   * Brings the changes about, all or none, where the prerequisites hold; else throws `Conflict` and changes nothing. An
   * answer that was lost is looked for: what was committed does not fail.
   */
  commit(update: Update): Promise<void>;
}

/** A prerequisite does not hold: somebody else wrote since the look. Whoever gets this looks again. */
export class Conflict extends Error {
  override readonly name = "Conflict";
}
