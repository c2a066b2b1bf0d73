import { type Connecting } from "@nixops4-resources/protocol-core";
import {
  openReadSession,
  openWriteSession,
  ownLogin,
  type Connection,
  type Login,
  type ReadSession,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { application } from "./application.ts";

/** A session that outlives the request that opened it, and can be abandoned at any time. */
export class LongSession<Session extends ReadSession = ReadSession> implements AsyncDisposable {
  readonly session: Session;
  readonly #end: AbortController;

  private constructor(session: Session, end: AbortController) {
    this.session = session;
    this.#end = end;
  }

  static async openReader(connection: Connection, request: Connecting): Promise<LongSession> {
    return await this.#open(connection, "read", request, openReadSession);
  }

  static async openWriter(connection: Connection, request: Connecting): Promise<LongSession<WriteSession>> {
    return await this.#open(connection, "write", request, openWriteSession);
  }

  static async #open<Session extends ReadSession>(
    connection: Connection,
    access: Login["access"],
    request: Connecting,
    connect: (login: Login) => Promise<Session>,
  ): Promise<LongSession<Session>> {
    const end = new AbortController();
    const login = {
      ...(await ownLogin(connection, connection.database, access, { ...request, signal: end.signal })),
      session: { application, keepAlive: true, settings: settings[access] },
    };
    return await whileOpen(end, request, async () => new LongSession(await connect(login), end));
  }

  /**
   * Runs work for a request. When the request's time is over, the connection is closed at once, which frees the lock.
   */
  during<T>(request: Connecting, work: (session: Session) => Promise<T>): Promise<T> {
    return whileOpen(this.#end, request, () => work(this.session));
  }

  /** Closes the connection without telling the server. */
  abandon(): void {
    this.#end.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // An unreachable server must not keep the process from exiting.
    const patience = setTimeout(() => this.abandon(), 5000);
    await this.session[Symbol.asyncDispose]();
    clearTimeout(patience);
  }
}

async function whileOpen<T>(end: AbortController, { signal }: Connecting, work: () => Promise<T>): Promise<T> {
  const abandon = (): void => end.abort();
  signal.throwIfAborted();
  signal.addEventListener("abort", abandon, { once: true });
  try {
    return await work();
  } finally {
    signal.removeEventListener("abort", abandon);
  }
}

const settings = {
  // An apply may wait an hour for a machine between two events.
  // If the applying machine is lost, the server frees its lock after two minutes; Linux's default is two hours.
  write: { idle_session_timeout: 0, tcp_keepalives_interval: 10, tcp_keepalives_count: 6 },
  // Several queries must see the same snapshot. A writer must see what was written before it got the lock.
  read: { default_transaction_isolation: "repeatable read" },
};
