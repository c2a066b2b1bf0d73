import { readFile } from "node:fs/promises";
import { serials, transferZone } from "@nixops4-resources/integration-servers/dns/dig";
import type { DnsAddress, DnsServer } from "@nixops4-resources/integration-servers/dns/server";
import { nsupdate } from "@nixops4-resources/integration-servers/dns/nsupdate";
import type {
  Backend,
  Endpoint,
  Message,
  NetworkAccess,
  ProgramAccess,
} from "@nixops4-resources/protocol-core/testing";

/** The provider's connections to the server. */
interface Connections {
  at: NetworkAccess["at"];
  broken: Backend["broken"];
  /** The programs that write, instead of a connection that can be interrupted. */
  programs?: ProgramAccess;
}

/** The contract's backend for a name server that accepts dynamic updates, on `dig` and `nsupdate`. */
export class NameServerBackend implements Backend {
  readonly access: NetworkAccess | ProgramAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  /** The input `connection` for the same server at another address. */
  readonly at: NetworkAccess["at"];
  readonly #server: DnsAddress;
  readonly #zones: readonly string[];
  /** The records of each zone before the first test. */
  readonly #before: ReadonlyMap<string, readonly string[]>;

  private constructor(
    server: DnsAddress,
    before: ReadonlyMap<string, readonly string[]>,
    canaries: readonly string[],
    { at, broken, programs }: Connections,
  ) {
    const { host, port } = server;
    this.#server = server;
    this.#zones = [...before.keys()];
    this.#before = before;
    this.canaries = canaries;
    this.connection = at({ host, port });
    this.access = programs ?? { kind: "network", endpoint: { host, port }, at, hasFixedCalls: true };
    this.at = at;
    this.broken = { ...broken, "a port where nothing listens": at({ host, port: 1 }) };
  }

  /** `zones` are the zones that the tested resources change. */
  static async make(
    { address }: DnsServer,
    zones: readonly string[],
    connections = byDynamicUpdate(address, zones),
  ): Promise<NameServerBackend> {
    const before = new Map<string, readonly string[]>();
    for (const zone of zones) before.set(zone, await transferZone(address, address.keys.sha256, zone));
    const secrets = await Promise.all(
      Object.values(address.keys).map(async ({ secretFile }) => (await readFile(secretFile, "utf8")).trim()),
    );
    return new NameServerBackend(address, before, secrets, connections);
  }

  /** Changes a zone, bypassing the provider: `add www.example.test 300 A 192.0.2.1`. */
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
      // `delete` accepts a record with its TTL and ignores the TTL.
      const changes = [
        ...present.filter((record) => !wanted.includes(record)).map((record) => `delete ${record}`),
        ...wanted.filter((record) => !present.includes(record)).map((record) => `add ${record}`),
      ];
      if (changes.length > 0) await this.change(zone, ...changes);
    }
  }

  /** Every change in a zone increases its serial number. */
  async writes(): Promise<unknown> {
    return await serials(this.#server);
  }

  async snapshot(): Promise<unknown> {
    return await Promise.all(this.#zones.map((zone) => this.records(zone)));
  }

  async log(): Promise<string> {
    return await readFile(this.#server.logFile, "utf8");
  }

  /** The test suite owns the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }
}

function byDynamicUpdate({ host, port, keys }: DnsAddress, zones: readonly string[]): Connections {
  const { name, algorithm, secretFile } = keys.sha256;
  const tsig = { name, algorithm, secret: { file: secretFile } };
  const settings = { host, port, tsig, zones };
  return {
    at: (endpoint) => ({ rfc2136: { ...settings, ...endpoint } }),
    broken: {
      "a key that the server does not know": { rfc2136: { ...settings, tsig: { ...tsig, name: "nobody" } } },
      "a wrong secret": { rfc2136: { ...settings, tsig: { ...tsig, secret: { file: keys.sha512.secretFile } } } },
      "a wrong algorithm": { rfc2136: { ...settings, tsig: { ...tsig, algorithm: "hmac-sha512" } } },
    },
  };
}

/** Treats the server as a hosting service, through OctoDNS' provider for RFC 2136. `octodns-sync` must be on PATH. */
export function byOctodns({ keys }: DnsAddress, zones: readonly string[], programs?: ProgramAccess): Connections {
  const { name, algorithm, secretFile } = keys.sha256;
  const at = (endpoint: Endpoint): Message => ({
    octodns: {
      class: "octodns_bind.Rfc2136Provider",
      settings: { ...endpoint, key_name: name, key_algorithm: algorithm },
      secrets: { key_secret: { file: secretFile } },
      zones,
    },
  });
  return {
    at,
    ...(programs && { programs }),
    broken: {
      "a missing program": { octodns: { class: "octodns_bind.Rfc2136Provider", zones, command: "/nowhere" } },
    },
  };
}
