import {
  AlreadyExists,
  log,
  readMark,
  requireMark,
  resolveSecret,
  type Secret,
} from "@nixops4-resources/protocol-core";
import { formatVersion, markText } from "../content.ts";
import { DataKey } from "../envelope.ts";
import { inContext } from "../in-context.ts";
import { checkName } from "../names.ts";
import { openAbout, openValue, sealAbout, sealValue, toStored, type About } from "./content.ts";
import type { PostgresStore } from "./settings.ts";
import { StoreTables, type NewRevision, type Revision } from "./tables.ts";
import { withOwn } from "../age/recipients.ts";
import type {
  ExpectedMark,
  NewSecret,
  NewValue,
  Revealed,
  SecretAccess,
  SecretChanges,
  SecretReader,
  SecretWriter,
  StoredSecret,
} from "../store.ts";
import { missingSecret, ofThisIdentity, proven, readableVersion, requireId } from "../versions.ts";

/** The latest possible date. */
const endOfTime = new Date(8.64e15);

/** A secret with its decrypted last revision. */
interface Opened {
  readonly revision: Revision;
  readonly key: DataKey;
  readonly about: About;
}

/** Reads secrets from append-only tables. The server sees no value and no key. */
export class PostgresSecretReader implements SecretReader {
  readonly place: string;
  protected readonly tables: StoreTables;
  readonly #store: PostgresStore;
  #identity: Promise<Secret> | undefined;

  constructor(store: PostgresStore, access: "read" | "write" = "read") {
    this.#store = store;
    this.tables = new StoreTables(store, access);
    this.place = this.tables.site.place;
  }

  async look(name: string): Promise<StoredSecret | undefined> {
    const opened = await this.open(name);
    return opened && stored(opened);
  }

  async reveal(name: string, wanted: number | null, purpose: string, id: string | null = null): Promise<Revealed> {
    checkName(name);
    const revealed = await this.tables.reveal(name, wanted, purpose);
    if (revealed === undefined) {
      const secret = await this.look(name);
      if (secret === undefined) throw missingSecret(name, this.place);
      readableVersion(secret, { version: wanted, id }, endOfTime);
      // Another process created it between the two lookups.
      return await this.reveal(name, wanted, purpose, id);
    }
    const { version, value, key } = revealed;
    log.info("secret read", { secret: name, version, place: this.place, purpose });
    const opened = await this.#opening(name, async () =>
      openValue(await DataKey.unwrap(key, await this.identity()), value, name, version),
    );
    requireId(name, version, opened.id, id);
    return { value: opened.value, version };
  }

  async list(): Promise<StoredSecret[]> {
    const revisions = await this.tables.look(null);
    return await ofThisIdentity(revisions, this.place, async (revision) => {
      const opened = await this.#openRevision(revision);
      return opened && stored(opened);
    });
  }

  async accesses(name: string | null): Promise<SecretAccess[]> {
    if (name !== null) checkName(name);
    return await this.tables.accesses(name);
  }

  /** Undefined if the secret does not exist or was destroyed. */
  protected async open(name: string): Promise<Opened | undefined> {
    checkName(name);
    const [revision] = await this.tables.look(name);
    return revision && (await this.#openRevision(revision));
  }

  protected identity(): Promise<Secret> {
    return (this.#identity ??= resolveSecret(this.#store.identity, `the identity of the secrets in ${this.place}`));
  }

  async #openRevision(revision: Revision): Promise<Opened | undefined> {
    const { name, about, key: wrapped } = revision;
    if (about === null || wrapped === null) return undefined;
    return await this.#opening(name, async () => {
      const key = await DataKey.unwrap(wrapped, await this.identity());
      return { revision, key, about: openAbout(key, about, name, revision.revision) };
    });
  }

  #opening<T>(name: string, work: () => Promise<T>): Promise<T> {
    return inContext(`secret ${name} in ${this.place} cannot be opened`, work);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.tables[Symbol.asyncDispose]();
  }
}

/** Also writes. Each change is one statement, which adds a revision after the one that was seen. */
export class PostgresSecretWriter extends PostgresSecretReader implements SecretWriter {
  constructor(store: PostgresStore) {
    super(store, "write");
  }

  async create({ name, mark, recipients, graceSeconds, ...value }: NewSecret): Promise<void> {
    checkName(name);
    const [last] = await this.tables.look(name);
    if (last !== undefined && last.version !== null) throw new AlreadyExists(name);
    // Version numbers are not reused, so that a reference to an old version never yields another value.
    const version = (last?.lastVersion ?? 0) + 1;
    const encryptedTo = await withOwn(recipients, await this.identity());
    const { key, sealed, known } = await newVersion(name, version, value, encryptedTo);
    const about: About = {
      format: formatVersion,
      mark: markText(mark),
      specification: value.specification,
      recipients: [...recipients],
      encryptedTo,
      current: known,
      previous: null,
    };
    const seen = last?.revision ?? 0;
    const isAdded = await this.tables.append({
      name,
      seen,
      version,
      previous: null,
      graceSeconds,
      value: sealed,
      key: key.wrapped,
      previousKey: null,
      about: sealAbout(key, about, name, seen + 1),
    });
    if (!isAdded) throw new AlreadyExists(name);
  }

  async addVersion(name: string, version: number, value: NewValue, expected?: ExpectedMark): Promise<boolean> {
    return await this.#revise(name, expected, async (opened) => {
      const { about, revision } = opened;
      if (about.current.version !== version) return undefined;
      const encryptedTo = await withOwn(about.encryptedTo, await this.identity());
      const { key, sealed, known } = await newVersion(name, version + 1, value, encryptedTo);
      const { specification } = value;
      const next = { ...about, specification, encryptedTo, current: known, previous: about.current };
      return {
        ...following(revision, key, next),
        version: version + 1,
        previous: version,
        value: sealed,
        key: key.wrapped,
        previousKey: isSameList(encryptedTo, about.encryptedTo) ? null : await opened.key.rewrap(encryptedTo),
      };
    });
  }

  async change(name: string, changes: SecretChanges, expected?: ExpectedMark): Promise<void> {
    const { mark, recipients, graceSeconds } = changes;
    await this.#revise(name, expected, async ({ about, revision, key }) => {
      const encryptedTo = await withOwn(recipients ?? about.encryptedTo, await this.identity());
      const next = {
        ...about,
        ...(mark !== undefined && { mark: markText(mark) }),
        ...(recipients !== undefined && { recipients: [...recipients] }),
        encryptedTo,
      };
      return {
        ...following(revision, key, next),
        ...(graceSeconds !== undefined && { graceSeconds }),
        ...(!isSameList(encryptedTo, about.encryptedTo) && (await this.#rewrapped(revision, key, encryptedTo))),
      };
    });
  }

  async remove(name: string, expected?: ExpectedMark): Promise<void> {
    checkName(name);
    for (;;) {
      const last = expected === undefined ? await this.#last(name) : await this.#lastWith(name, expected);
      if (last === undefined) return;
      const nothing = { version: null, previous: null, about: null, value: null, key: null, previousKey: null };
      if (await this.tables.append({ name, seen: last.revision, graceSeconds: 0, ...nothing })) return;
    }
  }

  /** Undefined if the secret does not exist or was destroyed. Reads no encrypted part. */
  async #last(name: string): Promise<Revision | undefined> {
    const [last] = await this.tables.look(name);
    return last === undefined || last.version === null ? undefined : last;
  }

  async #lastWith(name: string, { mark }: ExpectedMark): Promise<Revision | undefined> {
    const opened = await this.open(name);
    if (opened !== undefined) requireMark(markOf(opened), mark);
    return opened?.revision;
  }

  /**
   * Adds a revision after one with the expected mark. Repeats if another process changed the secret meanwhile. False if
   * `work` adds nothing.
   */
  async #revise(
    name: string,
    expected: ExpectedMark | undefined,
    work: (opened: Opened) => Promise<NewRevision | undefined>,
  ): Promise<boolean> {
    for (;;) {
      const opened = proven(await this.open(name), markOf, expected, () => missingSecret(name, this.place));
      const added = await work(opened);
      if (added === undefined) return false;
      if (await this.tables.append(added)) return true;
    }
  }

  async #rewrapped({ previousKey }: Revision, key: DataKey, recipients: readonly string[]) {
    const previous = previousKey && (await DataKey.unwrap(previousKey, await this.identity()));
    return { key: await key.rewrap(recipients), previousKey: previous && (await previous.rewrap(recipients)) };
  }
}

/** The next revision, with the same values under the same keys. */
function following(
  { name, revision, version, previous, graceSeconds }: Revision,
  key: DataKey,
  about: About,
): NewRevision {
  const sealed = sealAbout(key, about, name, revision + 1);
  return {
    name,
    seen: revision,
    version,
    previous,
    graceSeconds,
    about: sealed,
    value: null,
    key: null,
    previousKey: null,
  };
}

async function newVersion(name: string, version: number, value: NewValue, recipients: readonly string[]) {
  const key = await DataKey.make(recipients);
  const { sealed, about: known } = sealValue(key, value, name, version);
  return { key, sealed, known };
}

const markOf = ({ about }: Opened) => readMark(about.mark);

const stored = ({ revision, about }: Opened): StoredSecret => toStored(revision, about);

const isSameList = (some: readonly string[], others: readonly string[]): boolean =>
  JSON.stringify(some) === JSON.stringify(others);
