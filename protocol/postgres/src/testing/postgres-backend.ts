import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { StatementLog } from "@nixops4-resources/integration-servers/postgres/statement-log";
import {
  postgresWire,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import { readFile } from "node:fs/promises";
import { Client, escapeIdentifier, escapeLiteral, type QueryResultRow } from "pg";
import { makeSecretFile, type SecretFile } from "./secret-file.ts";

/** The provider's account on the server: a superuser, or a role with CREATEROLE and CREATEDB as in production. */
export type Account = "superuser" | "admin";

export interface PostgresBackendOptions {
  /** Prefix of the names of all roles and databases of these tests, and of no others. */
  prefix: string;
  account: Account;
  /** SQL that creates what the resource under test needs. The account runs it. */
  prepare?: readonly string[];
  /** The database of the resource under test. Before each test, the account creates it and runs `prepare` in it. */
  database?: { name: string; prepare: readonly string[] };
  /** Everything that the resource under test can change. Equal states must yield equal values. */
  snapshot: (backend: PostgresBackend) => Promise<unknown>;
  /** Further secrets whose values must never leak. */
  secrets?: readonly SecretFile[];
}

/** A server of the test run, with an account for these tests, as the contract requires it. */
export class PostgresBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly #server: PostgresAddress;
  readonly #options: PostgresBackendOptions;
  readonly #statements: StatementLog;
  readonly #superuser: Client;
  readonly #password: SecretFile;

  private constructor(
    server: PostgresAddress,
    options: PostgresBackendOptions,
    superuser: Client,
    password: SecretFile,
    wrong: SecretFile,
  ) {
    this.#server = server;
    this.#options = options;
    this.#superuser = superuser;
    this.#password = password;
    this.#statements = new StatementLog(server.logFile);
    const { host, port } = server;
    this.connection = { host, port, user: this.account, password: { file: password.file } };
    this.access = {
      kind: "network",
      endpoint: { host, port },
      at: (endpoint: Endpoint) => ({ ...this.connection, ...endpoint }),
      wire: postgresWire,
      hasFixedCalls: true,
    };
    this.canaries = [password, wrong, ...(options.secrets ?? [])].map(({ value }) => value);
    this.broken = {
      "a port where nothing listens": { ...this.connection, port: 1 },
      "a wrong password": { ...this.connection, password: { file: wrong.file } },
      "no password": { ...this.connection, password: null },
      // A resource inside a database does not use the maintenance database.
      ...(options.database === undefined && {
        "a missing database": { ...this.connection, database: `${options.prefix}_nowhere` },
      }),
      "a server with an unknown authority": { ...this.connection, sslmode: "verify-full" },
    };
  }

  /** Call it next to the tests, since its secrets are removed after them. */
  static prepare(options: PostgresBackendOptions): (server: PostgresAddress) => Promise<PostgresBackend> {
    const [password, wrong] = [makeSecretFile(), makeSecretFile()];
    return async (server) => {
      const superuser = new Client(await superuserLogin(server));
      await superuser.connect();
      return new PostgresBackend(server, options, superuser, password, wrong);
    };
  }

  get account(): string {
    return `${this.#options.prefix}_${this.#options.account}`;
  }

  get prefix(): string {
    return this.#options.prefix;
  }

  /** Runs SQL past the provider, as superuser, in the maintenance database. */
  async run<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
    return (await this.#superuser.query<Row>(sql)).rows;
  }

  /** Runs SQL past the provider, as superuser, in another database. */
  async runIn<Row extends QueryResultRow>(database: string, sql: string): Promise<Row[]> {
    return await this.#as(await superuserLogin(this.#server, database), sql);
  }

  /** Opens a session of the superuser that lasts until it is disposed. */
  async connectTo(database: string, application: string): Promise<AsyncDisposable> {
    const client = new Client({ ...(await superuserLogin(this.#server, database)), application_name: application });
    await client.connect();
    return { [Symbol.asyncDispose]: () => client.end() };
  }

  /** Runs SQL past the provider, as the provider's account. */
  async runAsAccount<Row extends QueryResultRow>(sql: string, database = "postgres"): Promise<Row[]> {
    const { host, port } = this.#server;
    const login = { host, port, user: this.account, password: this.#password.value, database, ssl: false };
    return await this.#as(login, sql);
  }

  async #as<Row extends QueryResultRow>(login: ConstructorParameters<typeof Client>[0], sql: string): Promise<Row[]> {
    const client = new Client(login);
    await client.connect();
    try {
      return (await client.query<Row>(sql)).rows;
    } finally {
      await client.end();
    }
  }

  async reset(): Promise<void> {
    const namePattern = escapeLiteral(`${this.prefix}\\_%`);
    // A server process can outlive a killed client.
    await this.run(`select pg_terminate_backend(pid, 5000) from pg_stat_activity where usename like ${namePattern}`);
    const databases = await this.run<{ name: string }>(
      `select datname as name from pg_database where datname like ${namePattern} or pg_get_userbyid(datdba) like ${namePattern}`,
    );
    for (const { name } of databases) await this.run(`drop database ${escapeIdentifier(name)} with (force)`);
    await this.#removeRoles(namePattern);
    const rights = this.#options.account === "superuser" ? "superuser" : "createrole createdb";
    await this.run(`create role ${this.account} login ${rights} password ${escapeLiteral(await this.#verifier())}`);
    const { prepare = [], database } = this.#options;
    for (const statement of prepare) await this.runAsAccount(statement);
    if (database === undefined) return;
    await this.runAsAccount(`create database ${escapeIdentifier(database.name)} template template0`);
    for (const statement of database.prepare) await this.runAsAccount(statement, database.name);
  }

  /**
   * The server creates the verifier, so that the tested code does not, and so that the log never contains the password.
   */
  async #verifier(): Promise<string> {
    const name = escapeIdentifier(`${this.prefix}_verifier`);
    // In a statement of its own: the server logs a text of several statements before it runs the first.
    await this.run("set log_statement = none");
    await this.run(`create role ${name} password ${escapeLiteral(this.#password.value)}`);
    await this.run("reset log_statement");
    const [row] = await this.run<{ verifier: string }>(
      `select rolpassword as verifier from pg_authid where rolname = ${escapeLiteral(`${this.prefix}_verifier`)}`,
    );
    await this.run(`drop role ${name}`);
    return row?.verifier ?? "";
  }

  async #removeRoles(namePattern: string): Promise<void> {
    const roles = await this.run<{ name: string }>(
      `select rolname as name from pg_roles where rolname like ${namePattern}`,
    );
    const names = roles.map(({ name }) => escapeIdentifier(name)).join(", ");
    if (names === "") return;
    await this.run(`drop owned by ${names} cascade`);
    await this.run(`drop role ${names}`);
  }

  async writes(): Promise<unknown> {
    return await this.#statements.writesOf(this.account);
  }

  async snapshot(): Promise<unknown> {
    return await this.#options.snapshot(this);
  }

  async log(): Promise<string> {
    return await readFile(this.#server.logFile, "utf8");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
    await this.run(`drop role ${this.account}`).catch(() => undefined);
    await this.#superuser.end();
  }
}
