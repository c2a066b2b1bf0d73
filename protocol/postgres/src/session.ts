import { retry } from "@nixops4-resources/protocol-core";
import type { QueryResult, QueryResultRow } from "pg";
import { explainPostgresError, poolerFailure, serverErrorOf } from "./failure.ts";
import { obtain, type Lent } from "./lent.ts";
import type { Login, ServerFacts } from "./login.ts";
import { join, sql, type Sql } from "./sql.ts";

/** A notice or warning of the server, such as 01007, "no privileges were granted". */
export interface Notice {
  /** SQLSTATE. */
  code: string;
  message: string;
}

/**
 * One connection to one database, for reading. With `access: "read"`, the server itself rejects every write. The
 * search_path is empty, so queries must qualify every name outside pg_catalog with its schema.
 */
export class ReadSession implements AsyncDisposable {
  readonly #login: Login;
  readonly #lent: Lent;
  #notices: Notice[] = [];
  /** Whether every query has succeeded, so that nothing is unfinished on the connection. */
  #isFaultless = true;

  constructor(login: Login, lent: Lent) {
    this.#login = login;
    this.#lent = lent;
    lent.client.on("notice", this.#notice);
    login.signal.addEventListener("abort", this.#abort, { once: true });
  }

  get facts(): ServerFacts {
    return this.#lent.facts;
  }

  readonly #notice = ({ code, message }: { code: string | undefined; message: string | undefined }): void => {
    this.#notices.push({ code: code ?? "", message: message ?? "" });
  };

  readonly #abort = (): void => {
    this.#isFaultless = false;
    this.#lent.client.connection.stream.destroy();
  };

  /** Returns the rows of a query. For several statements in one text, returns those of the last. */
  async query<Row extends QueryResultRow>(query: Sql): Promise<Row[]> {
    return (await this.#send<Row>(query)).at(-1)?.rows ?? [];
  }

  /** Returns the rows of each of several statements, which run in one round trip and one transaction. */
  async queryEach<Rows extends QueryResultRow[]>(
    ...queries: { [Index in keyof Rows]: Sql }
  ): Promise<{ [Index in keyof Rows]: Rows[Index][] }> {
    const results = await this.#send(join(queries, ";\n"));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one result per query, in the same order
    return results.map(({ rows }) => rows) as { [Index in keyof Rows]: Rows[Index][] };
  }

  /** Notices of the last query. */
  protected get notices(): Notice[] {
    return this.#notices;
  }

  /**
   * The first query also checks for a pooler, without an extra round trip: a pooler may pass a transaction to another
   * server process than the one that accepted the login.
   */
  async #send<Row extends QueryResultRow>({ text }: Sql): Promise<QueryResult<Row>[]> {
    this.#notices = [];
    try {
      const { client, isDirect } = this.#lent;
      if (isDirect) return listOf(await client.query<Row>(text));
      const [first, ...results] = listOf(await client.query<Row>(`select pg_backend_pid() as pid;\n${text}`));
      this.#rejectPooler(first?.rows[0]?.["pid"]);
      return results;
    } catch (error) {
      this.#isFaultless = false;
      throw explainPostgresError(error, this.#login.connection);
    }
  }

  protected async ensureDirect(): Promise<void> {
    if (!this.#lent.isDirect) await this.query(sql`select`);
  }

  #rejectPooler(pid: unknown): void {
    // pg's types do not declare this property; https://node-postgres.com/apis/client
    const loginPid: unknown = Reflect.get(this.#lent.client, "processID");
    if (loginPid !== pid) throw poolerFailure(this.#login.connection);
    this.#lent.isDirect = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#login.signal.removeEventListener("abort", this.#abort);
    this.#lent.client.off("notice", this.#notice);
    await this.#lent.giveBack(this.#isFaultless);
  }
}

/** One connection to one database, for reading and writing. */
export class WriteSession extends ReadSession {
  #isInTransaction = false;

  /**
   * Runs the statements in one transaction and one round trip. A single statement runs without a transaction block, so
   * CREATE DATABASE works too. Returns the server's notices.
   */
  async execute(...statements: Sql[]): Promise<Notice[]> {
    await this.ensureDirect();
    await this.#retryIfUndone(() => this.query(join(statements, ";\n")));
    return this.notices;
  }

  /**
   * Runs `work` in one transaction that begins by taking the lock, for statements that depend on what they read. `work`
   * may be repeated.
   */
  async transaction<T>(work: () => Promise<T>, lock: Sql = sql`select`): Promise<T> {
    await this.ensureDirect();
    return await this.#retryIfUndone(async () => {
      this.#isInTransaction = true;
      try {
        await this.query(sql`begin; ${lock}`);
        const result = await work();
        await this.query(sql`commit`);
        return result;
      } catch (error) {
        // If the connection is lost, the server rolls back by itself.
        await this.query(sql`rollback`).catch(() => undefined);
        throw error;
      } finally {
        this.#isInTransaction = false;
      }
    });
  }

  /**
   * Retries if the server rolled back the whole transaction because of a concurrent one that does not take our locks.
   */
  #retryIfUndone<T>(work: () => Promise<T>): Promise<T> {
    return this.#isInTransaction ? work() : retry(work, { isSafe: isUndone });
  }
}

export async function openReadSession(login: Login): Promise<ReadSession> {
  return new ReadSession(login, await obtain(login));
}

export async function openWriteSession(login: Login): Promise<WriteSession> {
  return new WriteSession(login, await obtain(login));
}

/** pg returns an array of results for several statements in one text, which its types do not say. */
const listOf = <Row extends QueryResultRow>(results: QueryResult<Row> | QueryResult<Row>[]): QueryResult<Row>[] =>
  Array.isArray(results) ? results : [results];

function isUndone(error: unknown): boolean {
  const { code = "", message = "" } = serverErrorOf(error) ?? {};
  return code === "40001" || code === "40P01" || (code === "XX000" && message.startsWith("tuple concurrently "));
}
