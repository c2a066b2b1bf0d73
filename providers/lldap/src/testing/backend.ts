import { Entries } from "@nixops4-resources/integration-servers/lldap/entries";
import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import { resetLldap } from "@nixops4-resources/integration-servers/lldap/reset";
import {
  httpWire,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import { comparable, contentsOf } from "./contents.ts";
import { canLogIn } from "./directory.ts";

/** An attribute that exists before each test. */
interface TestAttribute {
  readonly kind: "Group" | "User";
  readonly name: string;
  readonly attributeType: string;
  readonly isList: boolean;
}

/** What exists before each test, beside what lldap creates itself. */
export interface Prepared {
  readonly groups?: readonly string[];
  readonly users?: readonly string[];
  readonly attributes?: readonly TestAttribute[];
  /** Passwords that the tests use: a snapshot tells with which of them each user can log in. */
  readonly passwords?: readonly string[];
}

/** The server as the contract needs to see it: everything past the provider. */
export class LldapBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly withFile: NonNullable<Backend["withFile"]>;
  readonly server: LldapServer;
  readonly #prepared: Prepared;

  constructor(server: LldapServer, prepared: Prepared = {}) {
    this.server = server;
    this.#prepared = prepared;
    this.canaries = [server.password, ...(prepared.passwords ?? [])];
    const { host, httpPort, ldapUrl, username, passwordFile, baseDn } = server;
    const at = (endpoint: Endpoint): Message => ({
      url: `http://${endpoint.host}:${endpoint.port}`,
      username,
      password: { file: passwordFile },
      baseDn,
      ldap: { url: ldapUrl },
    });
    const endpoint = { host, port: httpPort };
    this.connection = at(endpoint);
    this.access = {
      kind: "network",
      endpoint,
      at,
      wire: httpWire,
      hasFixedCalls: true,
      wrongPath: { ...this.connection, url: `http://${host}:${httpPort}/elsewhere` },
    };
    this.withFile = {
      "connection.tls.caFile": (caFile) => ({
        ...this.connection,
        url: `https://${host}:${httpPort}`,
        tls: { caFile },
      }),
    };
    this.broken = {
      "a port where nothing listens": at({ host: "127.0.0.1", port: 1 }),
      "another password": { ...this.connection, password: { command: ["echo", "another-password"] } },
      "an unknown account": { ...this.connection, username: "nobody" },
      "the LDAP port": { ...this.connection, url: `http://${host}:${server.ldapPort}` },
      "TLS where the server has none": { ...this.connection, url: `https://${host}:${httpPort}` },
    };
  }

  /** Deletes everything that lldap did not create, and creates what the tests need. */
  async reset(): Promise<void> {
    await resetLldap(this.server);
    const { attributes = [], groups = [], users = [] } = this.#prepared;
    const entries = new Entries(this.server);
    for (const { kind, name, attributeType, isList } of attributes) {
      await entries.addAttribute(kind, name, attributeType, { isList });
    }
    for (const name of groups) await entries.createGroup(name);
    for (const id of users) await entries.createUser(id, { email: `${id}@example.org` });
  }

  /** Everything, with the times of the last changes, one of which every write moves. */
  async writes(): Promise<unknown> {
    return await contentsOf(this.server);
  }

  async snapshot(): Promise<unknown> {
    const { users, ...rest } = comparable(await contentsOf(this.server));
    const { passwords = [] } = this.#prepared;
    return {
      ...rest,
      users: await Promise.all(
        users.map(async (user) => ({ ...user, logsIn: await this.#logsIn(user.id, passwords) })),
      ),
    };
  }

  async log(): Promise<string> {
    return await this.server.log();
  }

  /** The server belongs to the suite. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }

  async #logsIn(id: string, passwords: readonly string[]): Promise<boolean[]> {
    if (id === this.server.username) return [];
    return await Promise.all(passwords.map((password) => canLogIn(this.server, id, password)));
  }
}
