import { readFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import type { DnsServer } from "@nixops4-resources/integration-servers/dns/server";
import { testZones } from "@nixops4-resources/integration-servers/dns/zones";
import { apiWrites, callApi, type PowerdnsAddress } from "@nixops4-resources/integration-servers/dns/powerdns";
import {
  httpWire,
  isHttpWrite,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";

const rrsetSchema = z.looseObject({ name: z.string(), type: z.string() });
const zoneSchema = z.looseObject({ name: z.string(), rrsets: z.array(rrsetSchema) });
type Rrset = z.output<typeof rrsetSchema>;
type Zone = z.output<typeof zoneSchema>;

/** The contract's backend for PowerDNS' API. It uses the API itself, bypassing the provider. */
export class PowerdnsBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly #address: PowerdnsAddress;
  readonly #before: ReadonlyMap<string, Zone>;

  private constructor(address: PowerdnsAddress, before: ReadonlyMap<string, Zone>, canaries: readonly string[]) {
    this.#address = address;
    this.#before = before;
    this.canaries = canaries;
    const { host, apiPort, apiKeyFile, keys } = address;
    const at = ({ host: name, port }: Endpoint): Message => ({
      powerdns: { url: `http://${name}:${port}`, apiKey: { file: apiKeyFile } },
    });
    this.connection = at({ host, port: apiPort });
    const wrongPath = { powerdns: { url: `http://${host}:${apiPort}/elsewhere`, apiKey: { file: apiKeyFile } } };
    this.access = {
      kind: "network",
      endpoint: { host, port: apiPort },
      at,
      wire: httpWire,
      isWrite: isHttpWrite,
      wrongPath,
    };
    this.broken = {
      "a port where nothing listens": at({ host, port: 1 }),
      "a wrong key": { powerdns: { url: `http://${host}:${apiPort}`, apiKey: { file: keys.sha256.secretFile } } },
      "TLS to a server without TLS": { powerdns: { url: `https://${host}:${apiPort}`, apiKey: { file: apiKeyFile } } },
    };
  }

  /** `zones` are the server's own zones that the tested resources change. New zones are always included. */
  static async make({ address }: DnsServer<PowerdnsAddress>, zones: readonly string[] = []): Promise<PowerdnsBackend> {
    const before = new Map<string, Zone>();
    for (const zone of zones) before.set(zone, await zoneOf(address, zone));
    const secrets = [address.apiKeyFile, ...Object.values(address.keys).map(({ secretFile }) => secretFile)];
    const canaries = await Promise.all(secrets.map(async (file) => (await readFile(file, "utf8")).trim()));
    return new PowerdnsBackend(address, before, canaries);
  }

  /** Calls the API, bypassing the provider. */
  async call(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    return await callApi(this.#address, method, path, body);
  }

  /** Replaces record sets of a zone, or deletes those without `records`. */
  async change(zone: string, ...rrsets: readonly Message[]): Promise<void> {
    const changes = rrsets.map((rrset) => ({ changetype: "records" in rrset ? "REPLACE" : "DELETE", ...rrset }));
    await this.call("PATCH", `zones/${zone}`, { rrsets: changes });
  }

  async reset(): Promise<void> {
    for (const zone of await this.#zones()) {
      const { name, rrsets } = zone;
      const before = this.#before.get(name);
      if (before === undefined) await this.call("DELETE", `zones/${name}`);
      else if (!isDeepStrictEqual(withoutSerial(zone), withoutSerial(before))) {
        const kept = new Set(before.rrsets.map(keyOf));
        const gone = rrsets.filter((rrset) => !kept.has(keyOf(rrset)));
        await this.change(name, ...gone.map(({ name: at, type }) => ({ name: at, type })), ...before.rrsets);
      }
    }
  }

  /** The API's write requests in the server's log, and changes by dynamic updates. */
  async writes(): Promise<unknown> {
    return await apiWrites(this.#address);
  }

  async snapshot(): Promise<unknown> {
    return await Promise.all(
      (await this.#zones()).map(async (zone) => [
        withoutSerial(zone),
        await this.call("GET", `zones/${zone.name}/metadata`),
      ]),
    );
  }

  /** The zones in `zones`, and those created since. */
  async #zones(): Promise<Zone[]> {
    const all = z.array(z.object({ name: z.string() })).parse(await this.call("GET", "zones"));
    const own = new Set(testZones.map(({ name }) => `${name}.`));
    const names = all.map(({ name }) => name).filter((name) => this.#before.has(name) || !own.has(name));
    return await Promise.all(names.sort().map((name) => zoneOf(this.#address, name)));
  }

  async log(): Promise<string> {
    return await readFile(this.#address.logFile, "utf8");
  }

  /** The test suite owns the server. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
  }
}

const zoneOf = async (address: PowerdnsAddress, name: string): Promise<Zone> =>
  zoneSchema.parse(await callApi(address, "GET", `zones/${name}`));

/** The zone without what differs between two equal runs: serial numbers and the times of comments. */
function withoutSerial(zone: Zone): unknown {
  const rrsets = zone.rrsets
    .filter(({ type }) => type !== "SOA")
    .sort((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  return JSON.parse(
    JSON.stringify({ ...zone, rrsets }, (key, value: unknown) =>
      ["serial", "edited_serial", "notified_serial", "modified_at"].includes(key) ? undefined : value,
    ),
  );
}

const keyOf = ({ name, type }: Rrset): string => `${name} ${type}`;
