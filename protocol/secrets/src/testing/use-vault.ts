import { readFileSync } from "node:fs";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { openSecretReader, openSecretWriter } from "../open-store.ts";
import { postgresStore, type PostgresStore } from "../postgres/settings.ts";
import type { SecretReader, SecretWriter } from "../store.ts";
import { makePerson, type Person } from "./person.ts";

interface PostgresPlace {
  postgres: PostgresStore;
}

/** Stores in the database `PREFIX_ops`. Tests use its owner by default, who has CREATEROLE. */
export interface Vault {
  backend(): PostgresBackend;
  alice(): Person;
  /** The test's own schema, which does not exist at first. */
  schema(): string;
  /** Continues with another schema. */
  renew(): void;
  place(more?: object): PostgresPlace;
  writer(more?: object): Promise<SecretWriter>;
  reader(more?: object): Promise<SecretReader>;
  /** Closes everything that is open, as each test's end does: a server has a limited number of places. */
  close(): Promise<void>;
  /** Runs SQL as superuser, without the store; % stands for the schema. */
  run(sql: string): Promise<Record<string, unknown>[]>;
  /** Content of all tables of the store; encrypted fields are escaped text. */
  dump(): Promise<string>;
}

/** Call it where tests are declared. Each test gets its own schema. `roles` are created with the account's password. */
export function useVault(server: () => PostgresAddress, prefix: string, roles: readonly string[] = []): Vault {
  const database = `${prefix}_ops`;
  const prepare = PostgresBackend.prepare({
    prefix,
    account: "admin",
    database: { name: database, prepare: [] },
    snapshot: async () => undefined,
  });
  const opened: SecretReader[] = [];
  let [backend, person, count]: [PostgresBackend | undefined, Person | undefined, number] = [undefined, undefined, 0];

  beforeAll(async () => {
    backend = await prepare(server());
    await backend.reset();
    for (const role of roles) await backend.run(copyAccount(backend.account, role));
    person = await makePerson();
  });
  beforeEach(() => vault.renew());
  afterEach(() => vault.close());
  afterAll(async () => {
    for (const each of [backend, person]) await each?.[Symbol.asyncDispose]();
  });

  const vault: Vault = {
    backend: () => there(backend),
    alice: () => there(person),
    schema: () => `${prefix}_s${count}`,
    renew: () => void count++,
    place(more = {}) {
      const { identity } = vault.alice();
      const schema = vault.schema();
      return { postgres: postgresStore.parse({ ...vault.backend().connection, database, schema, identity, ...more }) };
    },
    async writer(more) {
      const writer = await openSecretWriter(vault.place(more));
      opened.push(writer);
      return writer;
    },
    async reader(more) {
      const reader = await openSecretReader(vault.place(more));
      opened.push(reader);
      return reader;
    },
    async close() {
      for (const each of opened.splice(0)) await each[Symbol.asyncDispose]();
    },
    run: (sql) => vault.backend().runIn(database, sql.replaceAll("%", vault.schema())),
    async dump() {
      const stores = await vault.run("select from pg_namespace where nspname = '%'");
      if (stores.length === 0) return "";
      const rows = await vault.run(`
        select name, version, encode(value, 'escape') as text, null as more from %.secret_version
        union all select name, revision, encode(about, 'escape'), to_jsonb(r) - 'about' from %.secret_revision r
        union all select name, revision, encode(wrapped, 'escape'), to_jsonb(k) from %.secret_key k
        union all select name, version, purpose, to_jsonb(l) from %.access_log l`);
      return rows
        .map((row) => JSON.stringify(row))
        .sort()
        .join("\n");
    },
  };
  return vault;
}

/** The key in a person's identity file. */
export const keyOf = ({ identity }: Person): string =>
  /AGE-SECRET-KEY-\S+/.exec(readFileSync(identity.file, "utf8"))?.[0] ?? "";

function there<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("Use it inside tests only.");
  return value;
}

const copyAccount = (account: string, role: string): string => `do $$ begin
  execute format('create role ${role} login password %L', (select rolpassword from pg_authid where rolname = '${account}'));
end $$`;
