import { readFileSync } from "node:fs";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import {
  postgresWire,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { openSecretReader, openSecretWriter, storePlace, type SecretWriter } from "@nixops4-resources/protocol-secrets";
import { makePerson, type Person } from "@nixops4-resources/protocol-secrets/testing";
import { summaryOf } from "./summary.ts";

/** A store in its own database, for the contract. */
export class PostgresStoreBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly #backend: PostgresBackend;
  readonly #owner: Person;

  private constructor(backend: PostgresBackend, owner: Person) {
    this.#backend = backend;
    this.#owner = owner;
    const { prefix } = backend;
    const within = (connection: Message): Message => ({
      store: {
        postgres: { ...connection, database: `${prefix}_ops`, schema: `${prefix}_store`, identity: owner.identity },
      },
    });
    this.connection = within(backend.connection);
    const { endpoint } = backend.access;
    this.access = {
      kind: "network",
      hasFixedCalls: true,
      endpoint,
      at: (other: Endpoint) => within(backend.access.at(other)),
      wire: postgresWire,
    };
    this.broken = Object.fromEntries(
      Object.entries(backend.broken).map(([what, connection]) => [what, within(connection)]),
    );
    const key = /AGE-SECRET-KEY-1\w+/.exec(readFileSync(owner.identity.file, "utf8")) ?? [];
    this.canaries = [...backend.canaries, ...key];
  }

  /** Call it where tests are declared. Names of all objects at the server begin with `prefix`. */
  static prepare(prefix: string): (server: PostgresAddress) => Promise<PostgresStoreBackend> {
    const prepare = PostgresBackend.prepare({
      prefix,
      account: "admin",
      database: { name: `${prefix}_ops`, prepare: [] },
      snapshot: async () => undefined,
    });
    return async (server) => new PostgresStoreBackend(await prepare(server), await makePerson());
  }

  reset(): Promise<void> {
    return this.#backend.reset();
  }

  /** The account writes by a function of the schema, whose call is a `select`. Each change adds a row. */
  async writes(): Promise<unknown> {
    const { prefix } = this.#backend;
    const [made] = await this.#backend.runIn<{ table: string | null }>(
      `${prefix}_ops`,
      `select to_regclass('${prefix}_store.secret_revision') as table`,
    );
    const rows = made?.table
      ? await this.#backend.runIn(`${prefix}_ops`, `select count(*) from ${prefix}_store.secret_revision`)
      : [];
    return { statements: await this.#backend.writes(), rows };
  }

  async snapshot(): Promise<unknown> {
    await using store = await openSecretReader(storePlace.parse(this.connection["store"]));
    return summaryOf(await store.list());
  }

  log(): Promise<string> {
    return this.#backend.log();
  }

  /** Changes the store without the provider. */
  async byHand(work: (store: SecretWriter) => Promise<void>): Promise<void> {
    await using store = await openSecretWriter(storePlace.parse(this.connection["store"]));
    await work(store);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#backend[Symbol.asyncDispose]();
    await this.#owner[Symbol.asyncDispose]();
  }
}
