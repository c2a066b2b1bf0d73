import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Deployment, type DeploymentReply, type Message } from "@nixops4-resources/protocol-core/testing";
import { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";
import { openSecretReader, storePlace, type StorePlace } from "@nixops4-resources/protocol-secrets";
import { makePerson, type Person } from "@nixops4-resources/protocol-secrets/testing";
import { Client, DatabaseError } from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { superuserLogin, type PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";

// The purpose of references: a rotated secret has a new reference, so NixOps4 updates the role, and the old password stops
// working. No message contains a value.
const mainOf = (provider: string): string => join(import.meta.dirname, `../../providers/${provider}/dist/main.cjs`);

/** What NixOps4 stores about both members, and what it does at an apply. */
class Apply {
  readonly #secrets: Deployment;
  readonly #postgres: Deployment;
  readonly #store: StorePlace;
  readonly #role: string;
  #remembered: Message | undefined;

  constructor(server: PostgresAddress, store: StorePlace, role: string) {
    const { host, port, user, passwordFile } = server;
    this.#secrets = new Deployment(mainOf("secrets"), { store });
    this.#postgres = new Deployment(mainOf("postgres"), { host, port, user, password: { file: passwordFile } });
    this.#store = store;
    this.#role = role;
  }

  /** `isStateful`: the role has a state, so that it is updated, and only if its inputs changed. */
  async run(
    generation: number,
    isStateful: boolean,
  ): Promise<{ secret: DeploymentReply; role: DeploymentReply | "skipped" }> {
    const secret = await this.#secrets.create("secret", this.#secret(generation));
    expect(secret.error).toBeUndefined();
    const inputs = { name: this.#role, login: true, password: secret.outputs["ref"] };
    const before = this.#remembered;
    this.#remembered = inputs;
    if (!isStateful || before === undefined) return { secret, role: await this.#postgres.create("role", inputs) };
    if (JSON.stringify(before) === JSON.stringify(inputs)) return { secret, role: "skipped" };
    return { secret, role: await this.#postgres.update("role", before, inputs) };
  }

  async value(version: number | null = null): Promise<string> {
    await using store = await openSecretReader(this.#store);
    return (await store.reveal(this.#role, version, "a test")).value.revealText();
  }

  async destroy(): Promise<void> {
    await this.#postgres.destroy("role", this.#remembered ?? {});
    await this.#secrets.destroy("secret", this.#secret(1));
  }

  #secret(generation: number): Message {
    return { name: this.#role, generation, generator: { password: {} } };
  }
}

async function canLogIn(server: PostgresAddress, user: string, password: string): Promise<boolean> {
  const client = new Client({ ...(await superuserLogin(server)), user, password, database: "postgres" });
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && error.code === "28P01") return false;
    throw error;
  } finally {
    await client.end();
  }
}

describePostgres("a rotated password", (server) => {
  let person: Person;
  let folder: string;
  const makeDatabase = PostgresBackend.prepare({
    prefix: "rotation",
    account: "admin",
    database: { name: "rotation_ops", prepare: [] },
    snapshot: async () => undefined,
  });
  let database: PostgresBackend;
  beforeAll(async () => {
    person = await makePerson();
    folder = await mkdtemp(join(tmpdir(), "nixops4-rotation-"));
    await chmod(folder, 0o700);
    database = await makeDatabase(server());
    await database.reset();
  });
  afterAll(async () => {
    await database?.[Symbol.asyncDispose]();
    await person[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  describe("in a folder", () => {
    rotates(server, () => ({ directory: { folder, identity: person.identity } }));
  });
  describe("in a database", () => {
    rotates(server, () => {
      const settings = { ...database.connection, database: "rotation_ops", schema: "rotation_store" };
      return storePlace.parse({ postgres: { ...settings, identity: person.identity } });
    });
  });
});

/** The chain, with one kind of store. */
function rotates(server: () => PostgresAddress, place: () => StorePlace): void {
  describe.each([true, false])("with a state of the role: %s", (isStateful) => {
    test("lets the role log in, and the old password is rejected", async () => {
      const role = `rotates_${isStateful ? "stateful" : "stateless"}`;
      const apply = new Apply(server(), place(), role);
      const first = await apply.run(1, isStateful);
      expect(outcomesOf(first)).toEqual(["created", "created"]);
      const old = await apply.value();
      expect(await canLogIn(server(), role, old)).toBe(true);
      expect(outcomesOf(await apply.run(1, isStateful))).toEqual(["unchanged", isStateful ? "skipped" : "unchanged"]);

      const second = await apply.run(2, isStateful);
      expect(outcomesOf(second)).toEqual(["updated", "updated"]);
      const rotated = await apply.value();
      expect(await canLogIn(server(), role, old), "the old password").toBe(false);
      expect(await canLogIn(server(), role, rotated), "the new password").toBe(true);
      // A client that restarts later can still read the old version.
      expect(await apply.value(1)).toBe(old);

      for (const told of [first, second].flatMap(({ secret, role: one }) => [secret, one])) {
        for (const value of [old, rotated]) expect(JSON.stringify(told)).not.toContain(value);
      }
      await apply.destroy();
    });
  });
}

const outcomesOf = ({ secret, role }: { secret: DeploymentReply; role: DeploymentReply | "skipped" }): unknown[] => [
  secret.outcome,
  role === "skipped" ? role : (role.outcome ?? role.error),
];
