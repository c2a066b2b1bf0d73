import { readFile } from "node:fs/promises";
import { serials, transferZone } from "@nixops4-resources/integration/servers/dig";
import type { DnsAddress, DnsServer } from "@nixops4-resources/integration/servers/dns-server";
import { nsupdate } from "@nixops4-resources/integration/servers/nsupdate";
import type { Backend, Endpoint, Message, NetworkAccess } from "@nixops4-resources/protocol-core/testing";

/** A name server that takes dynamic updates, as the contract needs to see it: through `dig` and `nsupdate`. */
export class NameServerBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly #server: DnsAddress;
  readonly #zones: readonly string[];
  /** The records of each zone before the first test. */
  readonly #before: ReadonlyMap<string, readonly string[]>;

  private constructor(server: DnsAddress, before: ReadonlyMap<string, readonly string[]>, canaries: readonly string[]) {
    this.#server = server;
    this.#zones = [...before.keys()];
    this.#before = before;
    this.canaries = canaries;
    const { host, port, keys } = server;
    const { name, algorithm, secretFile } = keys.sha256;
    const tsig = { name, algorithm, secret: { file: secretFile } };
    const settings = { host, port, tsig, zones: this.#zones };
    this.connection = { rfc2136: settings };
    this.access = {
      kind: "network",
      endpoint: { host, port },
      at: (endpoint: Endpoint) => ({ rfc2136: { ...settings, ...endpoint } }),
    };
    this.broken = {
      "a port where nothing listens": { rfc2136: { ...settings, port: 1 } },
      "a key that the server does not know": { rfc2136: { ...settings, tsig: { ...tsig, name: "nobody" } } },
      "another secret": { rfc2136: { ...settings, tsig: { ...tsig, secret: { file: keys.sha512.secretFile } } } },
      "another algorithm": { rfc2136: { ...settings, tsig: { ...tsig, algorithm: "hmac-sha512" } } },
    };
  }

  /** `zones` are those that the resources under test write in. */
  static async make({ address }: DnsServer, zones: readonly string[]): Promise<NameServerBackend> {
    const before = new Map<string, readonly string[]>();
    for (const zone of zones) before.set(zone, await transferZone(address, address.keys.sha256, zone));
    const secrets = await Promise.all(
      Object.values(address.keys).map(async ({ secretFile }) => (await readFile(secretFile, "utf8")).trim()),
    );
    return new NameServerBackend(address, before, secrets);
  }

  /** Changes a zone past the provider: `add www.example.test 300 A 192.0.2.1`. */
  async change(zone: string, ...changes: readonly string[]): Promise<void> {
    await nsupdate(this.#server, this.#server.keys.sha256, zone, changes);
  }

  /** The records of a zone, each `name ttl class type data`. */
  async records(zone: string): Promise<string[]> {
    return await transferZone(this.#server, this.#server.keys.sha256, zone);
  }

  async reset(): Promise<void> {
    for (const [zone, wanted] of this.#before) {
      const present = await this.records(zone);
      // `delete` takes a record with its TTL, and does not look at it.
      const changes = [
        ...present.filter((record) => !wanted.includes(record)).map((record) => `delete ${record}`),
        ...wanted.filter((record) => !present.includes(record)).map((record) => `add ${record}`),
      ];
      if (changes.length > 0) await this.change(zone, ...changes);
    }
  }

  /** A zone's serial number moves with every change in it. */
  async writes(): Promise<unknown> {
    return await serials(this.#server);
  }

  async snapshot(): Promise<unknown> {
    return await Promise.all(this.#zones.map((zone) => this.records(zone)));
  }

  async log(): Promise<string> {
    return await readFile(this.#server.logFile, "utf8");
  }

  /** The server is the suite's. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }
}
