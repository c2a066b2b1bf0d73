import { randomUUID } from "node:crypto";
import { currentSignal, takeSlot, type Slot } from "@nixops4-resources/protocol-core";
import {
  addressOf,
  identifier,
  openWriteSession,
  ownLogin,
  sql,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { ensureStore, limitRights, verifyStore } from "./setup.ts";
import type { PostgresStore } from "./settings.ts";
import { denied, isAbsent, isDenied, siteOf, type Site } from "./site.ts";
import type { SecretAccess } from "../store.ts";

/** Timeout of one statement. */
const timeoutSeconds = 60;
/** Maximum number of processes that read from a server's stores at once, and of those that write. */
const slots = 16;

/** The last revision of a secret, still encrypted. `version` is null if the secret was destroyed. */
export interface Revision {
  readonly name: string;
  readonly revision: number;
  readonly version: number | null;
  readonly previous: number | null;
  /** Highest version that ever existed. */
  readonly lastVersion: number;
  readonly graceSeconds: number;
  readonly about: Buffer | null;
  readonly key: Buffer | null;
  readonly previousKey: Buffer | null;
  readonly createdAt: Date | null;
  readonly previousCreatedAt: Date | null;
}

/** A revision to add after the one that was seen (0: none). `value` is set for a new version, keys if they change. */
export interface NewRevision {
  readonly name: string;
  readonly seen: number;
  readonly version: number | null;
  readonly previous: number | null;
  readonly graceSeconds: number;
  readonly about: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly key: Uint8Array | null;
  readonly previousKey: Uint8Array | null;
}

/** The functions of a store's schema. Connects on first use; a writer then also creates the store if it is missing. */
export class StoreTables implements AsyncDisposable {
  readonly site: Site;
  readonly #store: PostgresStore;
  readonly #access: "read" | "write";
  readonly #schema: Sql;
  #slot: Slot | undefined;
  #session: Promise<WriteSession> | undefined;
  #hasEntered = false;

  constructor(store: PostgresStore, access: "read" | "write") {
    this.site = siteOf(store);
    this.#store = store;
    this.#access = access;
    this.#schema = identifier(store.schema);
  }

  /** Revisions of one secret or of all (null), ordered by name. Empty for a reader if there is no store. */
  async look(name: string | null): Promise<Revision[]> {
    return await this.#query<Revision>(sql`
      select name, revision, version, previous, last_version as "lastVersion", grace_seconds as "graceSeconds", about, key,
        previous_key as "previousKey", created_at as "createdAt", previous_created_at as "previousCreatedAt"
      from ${this.#schema}.look(${name})`);
  }

  /** Reads a readable version, or the current one (null), and records the access. */
  async reveal(name: string, version: number | null, purpose: string) {
    const ticket = randomUUID();
    await this.#query(sql`select ${this.#schema}.request(${ticket}, ${name}, ${version}, ${purpose})`);
    const [revealed] = await this.#query<{ version: number; value: Buffer; key: Buffer }>(
      sql`select version, value, key from ${this.#schema}.reveal(${ticket})`,
    );
    return revealed;
  }

  /** Returns false and writes nothing if the secret has a newer revision than the one that was seen. */
  async append(added: NewRevision): Promise<boolean> {
    const { name, seen, version, previous, graceSeconds, about, value, key, previousKey } = added;
    const [row] = await this.#query<{ isAdded: boolean }>(sql`
      select ${this.#schema}.append(
        ${name}, ${seen}, ${version}, ${previous}, ${graceSeconds}, ${about}, ${value}, ${key}, ${previousKey}) as "isAdded"`);
    return row?.isAdded === true;
  }

  async accesses(name: string | null): Promise<SecretAccess[]> {
    const rows = await this.#query<Omit<SecretAccess, "at"> & { at: Date }>(
      sql`select at, who, address, name, version, purpose from ${this.#schema}.accesses(${name})`,
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }

  async #query<Row extends object>(query: Sql): Promise<Row[]> {
    const session = await (this.#session ??= this.#open());
    // Without a store nothing is called: somebody may plant a schema at any time.
    if (!(await this.#enter(session))) return [];
    try {
      return await session.query<Row>(query);
    } catch (error) {
      if (isAbsent(error) && this.#access === "read") return [];
      throw isDenied(error) ? denied(this.site, this.#access, error) : error;
    }
  }

  async #open(): Promise<WriteSession> {
    const { database } = this.#store;
    // A reader also writes: it records its accesses.
    const login = await ownLogin(this.#store, database, "write", { signal: currentSignal(), timeoutSeconds });
    // Readers, writers and the provider postgres have separate slots, since a process may need several at once.
    this.#slot = await takeSlot(`secrets ${this.#access}:${addressOf(this.#store)}`, slots);
    return await openWriteSession({ ...login, session: { application: "nixops4-resources-secrets" } });
  }

  /** Before the first use: a writer creates the store, a reader returns false if there is none. */
  async #enter(session: WriteSession): Promise<boolean> {
    if (this.#hasEntered) return true;
    if (this.#access === "write") await ensureStore(session, this.site);
    else if (!(await verifyStore(session, this.site))) return false;
    await limitRights(session, this.site, this.#access);
    this.#hasEntered = true;
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [opened] = await Promise.allSettled([this.#session]);
    if (opened.status === "fulfilled") await opened.value?.[Symbol.asyncDispose]();
    this.#slot?.[Symbol.dispose]();
  }
}
