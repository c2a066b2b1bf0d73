import { retry } from "@nixops4-resources/protocol-core";
import type { Client, QueryResult, QueryResultRow } from "pg";
import type { Connection } from "./connection.ts";
import { explain, poolerFailure, serverErrorOf } from "./failure.ts";
import { logIn, type Login, type ServerFacts } from "./login.ts";
import { join, sql, type Sql } from "./sql.ts";

/** What the server says beside its answer, such as 01007, "no privileges were granted". */
export interface Notice {
  /** SQLSTATE. */
  code: string;
  message: string;
}

/**
 * One connection to one database, for looking. With `access: "read"` the server itself refuses whatever writes. Its
 * search_path is empty: everything outside pg_catalog is named with its schema.
 */
export class ReadSession implements AsyncDisposable {
  readonly facts: ServerFacts;
  readonly #client: Client;
  readonly #connection: Connection;
  /** Whether this is known to be the server itself. */
  #isDirect = false;
  #notices: Notice[] = [];

  constructor(connection: Connection, client: Client, facts: ServerFacts) {
    this.#connection = connection;
    this.#client = client;
    this.facts = facts;
    client.on("notice", ({ code, message }) => this.#notices.push({ code: code ?? "", message: message ?? "" }));
  }

  /** The rows of a query; of several statements in one text those of the last. */
  async query<Row extends QueryResultRow>(query: Sql): Promise<Row[]> {
    return (await this.#ask<Row>(query)).at(-1)?.rows ?? [];
  }

  /** The rows of each of several statements, asked in one round trip and in one transaction. */
  async queryEach<Rows extends QueryResultRow[]>(
    ...queries: { [Index in keyof Rows]: Sql }
  ): Promise<{ [Index in keyof Rows]: Rows[Index][] }> {
    const results = await this.#ask(join(queries, ";\n"));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one result for each query, in their order
    return results.map(({ rows }) => rows) as { [Index in keyof Rows]: Rows[Index][] };
  }

  /** What the server said beside its last answer. */
  protected get notices(): Notice[] {
    return this.#notices;
  }

  /**
   * A pooler may hand each transaction to another process of the server than the one that let us in. Asked together with
   * the first look, this costs no round trip.
   */
  async #ask<Row extends QueryResultRow>({ text }: Sql): Promise<QueryResult<Row>[]> {
    this.#notices = [];
    try {
      if (this.#isDirect) return listOf(await this.#client.query<Row>(text));
      const [first, ...results] = listOf(await this.#client.query<Row>(`select pg_backend_pid() as pid;\n${text}`));
      this.#refusePooler(first?.rows[0]?.["pid"]);
      return results;
    } catch (error) {
      throw explain(error, this.#connection);
    }
  }

  protected async ensureDirect(): Promise<void> {
    if (!this.#isDirect) await this.query(sql`select`);
  }

  #refusePooler(pid: unknown): void {
    // Not in pg's types; https://node-postgres.com/apis/client
    const own: unknown = Reflect.get(this.#client, "processID");
    if (own !== pid) throw poolerFailure(this.#connection);
    this.#isDirect = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.end();
  }
}

/** The same, for writing too. */
export class WriteSession extends ReadSession {
  #isInTransaction = false;

  /**
   * Runs the statements in one transaction and one round trip: all or none take effect. Alone, a statement that refuses
   * transactions (CREATE DATABASE) works too. Returns the server's notices.
   */
  async execute(...statements: Sql[]): Promise<Notice[]> {
    await this.ensureDirect();
    await this.#safely(() => this.query(join(statements, ";\n")));
    return this.notices;
  }

  /**
   * Does the work in one transaction that begins by taking the lock, where statements depend on what is there. The work may
   * be repeated.
   */
  async transaction<T>(work: () => Promise<T>, lock: Sql = sql`select`): Promise<T> {
    await this.ensureDirect();
    return await this.#safely(async () => {
      this.#isInTransaction = true;
      try {
        await this.query(sql`begin; ${lock}`);
        const result = await work();
        await this.query(sql`commit`);
        return result;
      } catch (error) {
        // Where the connection is gone the server rolls back by itself.
        await this.query(sql`rollback`).catch(() => undefined);
        throw error;
      } finally {
        this.#isInTransaction = false;
      }
    });
  }

  /** Again where the server undid a whole transaction because of another one: that other one was not ours, we lock. */
  #safely<T>(work: () => Promise<T>): Promise<T> {
    return this.#isInTransaction ? work() : retry(work, { isSafe: isUndone });
  }
}

export async function openReadSession(login: Login): Promise<ReadSession> {
  const { client, facts } = await logIn(login);
  return new ReadSession(login.connection, client, facts);
}

export async function openWriteSession(login: Login): Promise<WriteSession> {
  const { client, facts } = await logIn(login);
  return new WriteSession(login.connection, client, facts);
}

/** Several statements in one text give several results, which pg's types do not tell. */
const listOf = <Row extends QueryResultRow>(results: QueryResult<Row> | QueryResult<Row>[]): QueryResult<Row>[] =>
  Array.isArray(results) ? results : [results];

function isUndone(error: unknown): boolean {
  const { code = "", message = "" } = serverErrorOf(error) ?? {};
  return code === "40001" || code === "40P01" || (code === "XX000" && message.startsWith("tuple concurrently "));
}
