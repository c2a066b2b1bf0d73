import type { Mark, Secret } from "@nixops4-resources/protocol-core";

/** One version of a secret, without its value. */
export interface SecretVersion {
  /** Counts from 1 without gaps. If the store keeps destroyed secrets, a new secret continues their count. */
  readonly version: number;
  /** Random: tells two values apart that got the same number, one before and one after a backup was restored. */
  readonly id: string;
  /** The resource's input `generation` when this version was created. */
  readonly generation: number;
  /**
   * 16 hex digits of an HMAC whose key only readers of the value have. Differs between versions and reveals nothing.
   */
  readonly fingerprint: string;
  /** Public parts of the value, by name: a public key, a certificate. */
  readonly public: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** ISO 8601, UTC; null if the value does not expire. */
  readonly expiresAt: string | null;
}

/**
 * How the value was generated: the generator's kind and settings, and the versions of the secrets it was derived from.
 */
export type Specification = Readonly<Record<string, unknown>>;

/** Everything about a secret in a store but its value. */
export interface StoredSecret {
  /** Words of `A-Z a-z 0-9 . _ -`, joined by `/`: `shop/db-password`. */
  readonly name: string;
  /** Undefined if the secret has no mark: a person imported it. */
  readonly mark: Mark | undefined;
  /** Specification of the current version. */
  readonly specification: Specification;
  /** The declared recipients, without the writer's own. */
  readonly recipients: readonly string[];
  /** All recipients: the declared ones, and those of everyone who has written the secret since they were declared. */
  readonly encryptedTo: readonly string[];
  /** Time in which the previous version stays readable after the current one was created. */
  readonly graceSeconds: number;
  readonly current: SecretVersion;
  /** The previous version, even after its grace period. Null if the secret has only one version. */
  readonly previous: SecretVersion | null;
}

/** A value from a generator or a person. The store adds the version number and the creation time. */
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
  /** Without the writer's own. */
  readonly recipients: readonly string[];
  readonly graceSeconds: number;
}

/** A recorded access to a value. */
export interface SecretAccess {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The account at the store. */
  readonly who: string;
  /** The client's address; null if the store does not know it. */
  readonly address: string | null;
  readonly name: string;
  readonly version: number;
  /** The purpose that the client gave. */
  readonly purpose: string;
}

export interface Revealed {
  readonly value: Secret;
  readonly version: number;
}

/** A store opened for reading. Every method checks names. */
export interface SecretReader extends AsyncDisposable {
  /** For messages: `the folder /srv/secrets`. */
  readonly place: string;
  /** Undefined only if the store confirms that the secret does not exist. Returns no value and is not recorded. */
  look(name: string): Promise<StoredSecret | undefined>;
  /**
   * The value of the current version (null), or of a version by its number: the current one, or the previous one within
   * its grace period. If `id` is given, the version must have that id. `purpose`, such as `the password of role app`, is recorded if the store records accesses. Throws
   * `secret.store.missing`, `secret.version.missing` or `secret.version.expired`.
   */
  reveal(name: string, version: number | null, purpose: string, id?: string | null): Promise<Revealed>;
  /** Every secret that this identity decrypts, ordered by name. Logs a warning for each other secret. */
  list(): Promise<StoredSecret[]>;
  /** Accesses to one secret or to all (null), oldest first; undefined if the store does not record them. */
  accesses(name: string | null): Promise<SecretAccess[] | undefined>;
}

/** A store opened for reading and writing. Each method is atomic, even if the process is killed. */
export interface SecretWriter extends SecretReader {
  /**
   * Creates version 1, or the next version if the store keeps versions of a destroyed secret. Throws core's
   * `AlreadyExists` if the name is taken: one of several concurrent writers succeeds.
   */
  create(secret: NewSecret): Promise<void>;
  /**
   * Adds the next version; the current one becomes the previous one. Returns false and writes nothing if the current
   * version is no longer `version`: another process was faster. Throws `secret.store.missing`, and `MarkChanged`.
   */
  addVersion(name: string, version: number, value: NewValue, expected?: ExpectedMark): Promise<boolean>;
  /**
   * Changes the given fields, never a value. `mark: null` removes the mark. New recipients replace the old ones for all
   * kept versions; the writer's own recipient is added. Throws `secret.store.missing`, and `MarkChanged`.
   */
  change(name: string, changes: SecretChanges, expected?: ExpectedMark): Promise<void>;
  /** Succeeds if the secret is already removed. Throws `MarkChanged`. */
  remove(name: string, expected?: ExpectedMark): Promise<void>;
}

/**
 * The mark that a look has found. The store proves it in the same step as the write: if the secret carries another mark,
 * or has to exist and is gone, it writes nothing and throws core's `MarkChanged`. A person at a command line proves none.
 */
export interface ExpectedMark {
  readonly mark: Mark | undefined;
}

export interface SecretChanges {
  readonly mark?: Mark | null;
  readonly recipients?: readonly string[];
  readonly graceSeconds?: number;
}
