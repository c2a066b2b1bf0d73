import { takeSlot, type Connecting, type Slot } from "@nixops4-resources/protocol-core";
import { addressOf, type Connection } from "./connection.ts";
import { ownLogin, type Login } from "./login.ts";
import { openReadSession, openWriteSession, type ReadSession, type WriteSession } from "./session.ts";

/**
 * Maximum number of concurrent requests per server, over all processes. PostgreSQL allows 100 connections by default.
 */
const slots = 16;

/** A server for reading only. Opens one connection per database, when it is first used. */
export class PostgresReader<Session extends ReadSession = ReadSession> implements AsyncDisposable {
  readonly connection: Connection;
  readonly #open: (login: Login) => Promise<Session>;
  readonly #access: Login["access"];
  readonly #request: Connecting;
  readonly #sessions = new Map<string, Promise<Session>>();
  #slot: Promise<Slot> | undefined;

  constructor(
    connection: Connection,
    request: Connecting,
    access: Login["access"],
    open: (login: Login) => Promise<Session>,
  ) {
    this.connection = connection;
    this.#request = request;
    this.#access = access;
    this.#open = open;
  }

  /** The session in a database. Every call returns the same one. */
  on(database: string): Promise<Session> {
    const opened = this.#sessions.get(database) ?? this.#openSession(database);
    this.#sessions.set(database, opened);
    return opened;
  }

  /** The session in the maintenance database, for objects and locks of the whole server. */
  maintenance(): Promise<Session> {
    return this.on(this.connection.database);
  }

  /** Parameters to log in as `connection.user`. A caller can replace some to log in as another role. */
  login(database: string): Promise<Login> {
    return ownLogin(this.connection, database, this.#access, this.#request);
  }

  async #openSession(database: string): Promise<Session> {
    const login = await this.login(database);
    this.#slot ??= takeSlot(`postgres:${addressOf(this.connection)}`, slots);
    await this.#slot;
    return await this.#open(login);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const result of await Promise.allSettled(this.#sessions.values())) {
      if (result.status === "fulfilled") await result.value[Symbol.asyncDispose]();
    }
    (await this.#slot)?.[Symbol.dispose]();
  }
}

/** A server for reading and writing. */
export class PostgresWriter extends PostgresReader<WriteSession> {}

export const connectReader = async (connection: Connection, request: Connecting): Promise<PostgresReader> =>
  new PostgresReader(connection, request, "read", openReadSession);

export const connectWriter = async (connection: Connection, request: Connecting): Promise<PostgresWriter> =>
  new PostgresWriter(connection, request, "write", openWriteSession);
