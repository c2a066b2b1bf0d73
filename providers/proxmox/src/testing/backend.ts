import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProxmoxServer } from "@nixops4-resources/integration-servers/proxmox/proxmox";
import {
  httpWire,
  isHttpWrite,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import type { SecretFolder } from "@nixops4-resources/protocol-secrets/testing";
import { createAccount, type Account, type Right } from "./account.ts";
import { comparable, contentsOf } from "./contents.ts";
import { PlainFront } from "./plain-front.ts";
import { resetProxmox } from "./reset.ts";

/** What exists before each test. */
export interface Prepared {
  /** All rights of the provider's token. */
  readonly rights: readonly Right[];
  readonly pools?: readonly string[];
  readonly users?: readonly string[];
  /** Tokens: `alice@pve!deploy`. */
  readonly tokens?: readonly string[];
  readonly groups?: readonly string[];
  /** Roles with one privilege, VM.Audit. */
  readonly roles?: readonly string[];
  readonly secrets?: SecretFolder;
}

/** Begins the names of what the tests keep. */
const ownName = "nixops4-tests";

/** The cluster as the contract needs to see it: everything past the provider. */
export class ProxmoxBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly withFile: NonNullable<Backend["withFile"]>;
  readonly server: ProxmoxServer;
  readonly account: Account;
  readonly #prepared: Prepared;
  readonly #front: PlainFront;
  readonly #folder: string;

  private constructor(server: ProxmoxServer, prepared: Prepared, account: Account, front: PlainFront, folder: string) {
    this.server = server;
    this.account = account;
    this.#prepared = prepared;
    this.#front = front;
    this.#folder = folder;
    this.canaries = [account.token, account.token.split("=")[1] ?? "", ...(prepared.secrets?.canaries ?? [])];
    const token = { file: join(folder, "token") };
    const at = ({ host, port }: Endpoint): Message => ({ url: `http://${host}:${port}`, token });
    const { endpoint } = front;
    this.connection = at(endpoint);
    const plain = `http://${endpoint.host}:${endpoint.port}`;
    this.access = {
      kind: "network",
      endpoint,
      at,
      wire: httpWire,
      isWrite: isHttpWrite,
      wrongPath: { url: `${plain}/elsewhere`, token },
    };
    this.withFile = { "connection.tls.caFile": (caFile) => ({ url: server.url, token, tls: { caFile } }) };
    const wrongSecret = account.token.replace(/=.*/, "=00000000-0000-4000-8000-000000000000");
    this.broken = {
      "a port where nothing listens": at({ host: "127.0.0.1", port: 1 }),
      "another secret of the token": { url: plain, token: { command: ["echo", wrongSecret] } },
      "a secret that is no token": { url: plain, token: { command: ["echo", "not-a-token"] } },
      "a server whose authority is unknown": { url: server.url, token },
    };
  }

  /** Deletes everything in the cluster, and creates the provider's account. */
  static async open(server: ProxmoxServer, prepared: Prepared): Promise<ProxmoxBackend> {
    await resetProxmox(server, (id) => id === server.token.split("=")[0]);
    const account = await createAccount(server, ownName, prepared.rights);
    const folder = await mkdtemp(join(tmpdir(), "nixops4-proxmox-"));
    await writeFile(join(folder, "token"), account.token, { mode: 0o600 });
    return new ProxmoxBackend(server, prepared, account, await PlainFront.start(server), folder);
  }

  /** A change by hand, as the administrator. */
  async call(...given: Parameters<ProxmoxServer["call"]>): Promise<unknown> {
    return await this.server.call(...given);
  }

  async reset(): Promise<void> {
    const { server } = this;
    await resetProxmox(server, (id) => id.startsWith(ownName) || id === server.token.split("=")[0]);
    const { pools = [], users = [], tokens = [], groups = [], roles = [], secrets } = this.#prepared;
    for (const groupid of groups) await server.call("POST", "/access/groups", { groupid });
    for (const userid of users) await server.call("POST", "/access/users", { userid });
    for (const token of tokens) await server.call("POST", `/access/users/${token.replace("!", "/token/")}`, {});
    for (const roleid of roles) await server.call("POST", "/access/roles", { roleid, privs: "VM.Audit" });
    for (const poolid of pools) await server.call("POST", "/pools", { poolid });
    await secrets?.reset();
  }

  /** The number of writing requests; the contents, if the server has no log. */
  async writes(): Promise<unknown> {
    const log = await this.server.log();
    const calls = log === "" ? await contentsOf(this.server) : (log.match(/ (POST|PUT|DELETE) /g)?.length ?? 0);
    return { calls, secrets: await this.#prepared.secrets?.writes() };
  }

  async snapshot(): Promise<unknown> {
    const secrets = await this.#prepared.secrets?.snapshot();
    return { contents: comparable(await contentsOf(this.server)), secrets };
  }

  async log(): Promise<string> {
    return await this.server.log();
  }

  /** The server and the secrets belong to the suite. */
  async [Symbol.asyncDispose](): Promise<void> {
    await resetProxmox(this.server, (id) => id === this.server.token.split("=")[0]);
    await this.#front[Symbol.asyncDispose]();
    await rm(this.#folder, { recursive: true });
  }
}
