import type { Mark, Secret } from "@nixops4-resources/protocol-core";

/** One version of a secret, without its value. */
export interface SecretVersion {
  /** Counts from 1, without gaps; on where the place keeps what was removed. */
  readonly version: number;
  /** The resource's input `generation` when it was made. */
  readonly generation: number;
  /** Tells two values apart and nothing about them: 16 hex digits of an HMAC whose key only readers of the value have. */
  readonly fingerprint: string;
  /** What belongs to the value and may be known: a public key, a certificate. */
  readonly public: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC; null for what does not expire. */
  readonly expiresAt: string | null;
}

/** What the value was made from: the generator's kind and settings, and the versions of the secrets that it derived the value from. */
export type Specification = Readonly<Record<string, unknown>>;

/** All that a store tells of a secret without giving it away. */
export interface StoredSecret {
  /** Words of `A-Z a-z 0-9 . _ -`, joined by `/`: `shop/db-password`. */
  readonly name: string;
  /** Undefined where it bears none: a person put it there. */
  readonly mark: Mark | undefined;
  /** Of the current version. */
  readonly specification: Specification;
  /** As they were declared, besides the writer's own. */
  readonly recipients: readonly string[];
  /** All whose identities decrypt it: those declared, and the one of each who wrote it since they were. */
  readonly encryptedTo: readonly string[];
  /** How long the previous version may still be read after the current one was made. */
  readonly graceSeconds: number;
  readonly current: SecretVersion;
  /** The one before; also after its grace is over. Null where there is none. */
  readonly previous: SecretVersion | null;
}

/** A value as a generator, or a person, gives it. The store numbers it, and tells when it came. */
export interface NewValue {
  readonly value: Secret;
  readonly specification: Specification;
  readonly generation: number;
  readonly public: Readonly<Record<string, string>>;
  readonly expiresAt: string | null;
}

export interface NewSecret extends NewValue {
  readonly name: string;
  readonly mark: Mark | undefined;
  /** Besides the writer's own. */
  readonly recipients: readonly string[];
  readonly graceSeconds: number;
}

/** That somebody took a value. */
export interface SecretAccess {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The account that he used at the place. */
  readonly who: string;
  /** The machine that he came from; null where the place does not know. */
  readonly address: string | null;
  readonly name: string;
  readonly version: number;
  /** What he said that it was for. */
  readonly purpose: string;
}

export interface Revealed {
  readonly value: Secret;
  readonly version: number;
}

/** A place where secrets are kept, for looking and for taking values. Names are checked by every method. */
export interface SecretReader extends AsyncDisposable {
  /** For messages: `the folder /srv/secrets`. */
  readonly place: string;
  /** Undefined only where the place says that there is no such secret. Gives no value, and is not on record. */
  look(name: string): Promise<StoredSecret | undefined>;
  /**
   * The value of the current version (null), or of one by its number: the current one, or the previous one while its grace
   * lasts. `purpose` says for whom, such as `the password of role app`; it is on record where the place keeps one.
   * Throws `secret.store.missing`, `secret.version.missing` or `secret.version.expired`.
   */
  reveal(name: string, version: number | null, purpose: string): Promise<Revealed>;
  /** Every secret that this identity decrypts, by name; it warns of others. */
  list(): Promise<StoredSecret[]>;
  /** Who has taken values, of one secret or (null) of all, oldest first; undefined where the place keeps no record. */
  accesses(name: string | null): Promise<SecretAccess[] | undefined>;
}

/** The same place, for writing too. Each method does all or nothing, also when the process is killed in it. */
export interface SecretWriter extends SecretReader {
  /** Version 1, or the one after those that the place keeps of a secret that was removed. Throws core's `AlreadyExists` where the name is taken: of writers that race, one succeeds. */
  create(secret: NewSecret): Promise<void>;
  /**
   * The next version; the current one becomes the previous one. False, and nothing is written, where the current version is
   * not `expected` any more: somebody was faster, look again. Throws `secret.store.missing`.
   */
  addVersion(name: string, expected: number, value: NewValue): Promise<boolean>;
  /**
   * Changes what is given, and no value. `mark: null` takes the mark off; other recipients mean that all that is kept is
   * encrypted to them, and to the writer, from now on. Throws `secret.store.missing`.
   */
  change(name: string, changes: SecretChanges): Promise<void>;
  /** Succeeds where it is already gone. */
  remove(name: string): Promise<void>;
}

export interface SecretChanges {
  readonly mark?: Mark | null;
  readonly recipients?: readonly string[];
  readonly graceSeconds?: number;
}
