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
import { ensureStore } from "./setup.ts";
import type { PostgresStore } from "./settings.ts";
import { denied, isAbsent, isDenied, siteOf, type Site } from "./site.ts";
import type { SecretAccess } from "../store.ts";

/** Longest time of one statement. */
const timeoutSeconds = 60;
/** Processes that read from a server's stores at once, and that write to them. */
const slots = 16;

/** The last revision of a secret, as it is kept. Without version where the secret was destroyed. */
export interface Revision {
  readonly name: string;
  readonly revision: number;
  readonly version: number | null;
  readonly previous: number | null;
  /** The highest there ever was. */
  readonly lastVersion: number;
  readonly graceSeconds: number;
  readonly about: Buffer | null;
  readonly key: Buffer | null;
  readonly previousKey: Buffer | null;
  readonly createdAt: Date | null;
  readonly previousCreatedAt: Date | null;
}

/** A revision to be added after the one that was seen (0: none). A value where it makes a version, keys where they change. */
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

/** The functions of a store's schema. It is connected to when it is first used, and made then where one is to write. */
export class StoreTables implements AsyncDisposable {
  readonly site: Site;
  readonly #store: PostgresStore;
  readonly #access: "read" | "write";
  readonly #schema: Sql;
  #slot: Slot | undefined;
  #session: Promise<WriteSession> | undefined;

  constructor(store: PostgresStore, access: "read" | "write") {
    this.site = siteOf(store);
    this.#store = store;
    this.#access = access;
    this.#schema = identifier(store.schema);
  }

  /** Of one secret, or of all (null), by name. Nothing where there is no store. */
  async look(name: string | null): Promise<Revision[]> {
    return await this.#query<Revision>(sql`
      select name, revision, version, previous, last_version as "lastVersion", grace_seconds as "graceSeconds", about, key,
        previous_key as "previousKey", created_at as "createdAt", previous_created_at as "previousCreatedAt"
      from ${this.#schema}.look(${name})`);
  }

  /** A version that may be read, or the current one (null), which is then on record. */
  async reveal(name: string, version: number | null, purpose: string) {
    const ticket = randomUUID();
    await this.#query(sql`select ${this.#schema}.request(${ticket}, ${name}, ${version}, ${purpose})`);
    const [revealed] = await this.#query<{ version: number; value: Buffer; key: Buffer }>(
      sql`select version, value, key from ${this.#schema}.reveal(${ticket})`,
    );
    return revealed;
  }

  /** False, and nothing is written, where the secret has another last revision by now than the one that was seen. */
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
    try {
      return await session.query<Row>(query);
    } catch (error) {
      if (isAbsent(error) && this.#access === "read") return [];
      throw isDenied(error) ? denied(this.site, this.#access, error) : error;
    }
  }

  async #open(): Promise<WriteSession> {
    const { database } = this.#store;
    // Whoever reads writes too: the record of it.
    const login = await ownLogin(this.#store, database, "write", { signal: currentSignal(), timeoutSeconds });
    // Apart from each other and from the provider postgres: one who holds a place may need one of these, and none of theirs.
    this.#slot = await takeSlot(`secrets ${this.#access}:${addressOf(this.#store)}`, slots);
    const session = await openWriteSession({ ...login, session: { application: "nixops4-resources-secrets" } });
    if (this.#access === "write") await ensureStore(session, this.site);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const [opened] = await Promise.allSettled([this.#session]);
    if (opened.status === "fulfilled") await opened.value?.[Symbol.asyncDispose]();
    this.#slot?.[Symbol.dispose]();
  }
}
