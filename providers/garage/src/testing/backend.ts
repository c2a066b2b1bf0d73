import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import {
  httpWire,
  isHttpWrite,
  type Backend,
  type Endpoint,
  type Message,
  type NetworkAccess,
} from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";
import { deleteObjects } from "./s3.ts";

/** A bucket in full, as the API shows it. */
const bucket = z.looseObject({ id: z.string(), globalAliases: z.array(z.string()) });
const listed = z.array(z.object({ id: z.string() }));
const keyInfo = z.looseObject({
  accessKeyId: z.string(),
  name: z.string(),
  expired: z.optional(z.boolean()),
  expiration: z.optional(z.nullable(z.string())),
  permissions: z.unknown(),
});
const namedKeys = z.array(z.object({ id: z.string(), name: z.string() }));
const tokens = z.array(z.looseObject({ id: z.nullable(z.string()), name: z.string() }));

const counted = z.object({ objects: z.number() });
const newToken = z.object({ id: z.string(), secretToken: z.string() });
const newKey = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** Members of a bucket that differ between two equal runs. */
const passing = { id: "", created: "" };

/** What a backend contains beside the server. */
export interface Beside extends AsyncDisposable {
  readonly canaries: readonly string[];
  reset(): Promise<void>;
  writes(): Promise<unknown>;
  snapshot(): Promise<unknown>;
}

/** The server as the contract needs to see it: everything past the provider. */
export class GarageBackend implements Backend {
  readonly access: NetworkAccess;
  readonly connection: Message;
  readonly broken: Backend["broken"];
  readonly canaries: readonly string[];
  readonly withFile: NonNullable<Backend["withFile"]>;
  readonly server: GarageServer;
  /** Files that the resources under test write or read, beside the server. */
  readonly #beside: Beside | undefined;
  readonly #prefix: string;

  constructor(server: GarageServer, beside?: Beside) {
    this.server = server;
    this.#beside = beside;
    this.canaries = [server.token, ...(beside?.canaries ?? [])];
    this.#prefix = server.version === "1.3.0" ? "/v1" : "/v2";
    const { adminPort, tokenFile, s3Port, region, rootDomain } = server;
    const at = (endpoint: Endpoint): Message => ({
      url: `http://${endpoint.host}:${endpoint.port}`,
      token: { file: tokenFile },
      s3: { endpoint: `http://127.0.0.1:${s3Port}`, region },
      web: { rootDomain },
    });
    const endpoint = { host: "127.0.0.1", port: adminPort };
    this.connection = at(endpoint);
    const wrongPath = { ...this.connection, url: `http://127.0.0.1:${adminPort}/elsewhere` };
    this.access = { kind: "network", endpoint, at, wire: httpWire, isWrite: isHttpWrite, wrongPath };
    this.withFile = {
      "connection.tls.caFile": (caFile) => ({
        ...this.connection,
        url: `https://127.0.0.1:${adminPort}`,
        tls: { caFile },
      }),
    };
    this.broken = {
      "a port where nothing listens": at({ host: "127.0.0.1", port: 1 }),
      "another token": { ...this.connection, token: { command: ["echo", "another-token"] } },
      "another region": { ...this.connection, s3: { endpoint: `http://127.0.0.1:${s3Port}`, region: "us-east-1" } },
      "the port of the S3 API": at({ host: "127.0.0.1", port: s3Port }),
      "TLS where the server has none": { ...this.connection, url: `https://127.0.0.1:${adminPort}` },
    };
  }

  /** Deletes every bucket, key and token. Buckets must be empty. */
  async reset(): Promise<void> {
    await this.#beside?.reset();
    const { admin } = this.server;
    for (const { id } of listed.parse(await this.#list("Bucket"))) await this.#remove("Bucket", id);
    for (const { id } of namedKeys.parse(await this.#list("Key"))) await this.#remove("Key", id);
    if (this.#prefix === "/v1") return;
    for (const { id } of await this.tokens()) await admin.post(`/v2/DeleteAdminToken?id=${id}`);
  }

  /** The same, with the objects in the buckets. */
  async purge(): Promise<void> {
    for (const { id } of listed.parse(await this.#list("Bucket"))) {
      const { globalAliases } = bucket.parse(await this.info(id));
      if (globalAliases[0] !== undefined) await deleteObjects(this.server, id, globalAliases[0]);
    }
    await this.reset();
  }

  /** Requests that may change something, by the server's log: it has a line for each before it answers. */
  async writes(): Promise<unknown> {
    const requests =
      (await this.log()).match(/generic_server: \S+ (?:\(key \S+\) )?(?:POST|PUT|DELETE) \/v[12]\/\S*$/gm)?.length ?? 0;
    return this.#beside === undefined ? requests : { requests, beside: await this.#beside.writes() };
  }

  /** Every bucket, key and token, without what differs between two equal runs. */
  async snapshot(): Promise<unknown> {
    const ids = listed.parse(await this.#list("Bucket"));
    const buckets = await Promise.all(ids.map(async ({ id }) => bucket.parse(await this.info(id))));
    const keys = namedKeys.parse(await this.#list("Key"));
    const nameOf = new Map(keys.map(({ id, name }) => [id, name]));
    return {
      buckets: buckets
        .map((one) => ({ ...one, ...passing, globalAliases: one.globalAliases.toSorted(), keys: keysOf(one, nameOf) }))
        .toSorted((one, other) => one.globalAliases.join().localeCompare(other.globalAliases.join())),
      keys: (await Promise.all(keys.map(({ id }) => this.#key(id)))).toSorted((one, other) =>
        one.name.localeCompare(other.name),
      ),
      tokens:
        this.#prefix === "/v1"
          ? []
          : (await this.tokens()).map(({ name, scope, expiration }) => ({ name, scope, expiration })),
      ...(this.#beside !== undefined && { beside: await this.#beside.snapshot() }),
    };
  }

  async log(): Promise<string> {
    return await this.server.log();
  }

  /** Creates a bucket by hand. */
  async makeBucket(globalAlias: string): Promise<void> {
    await this.server.admin.post(this.#prefix === "/v1" ? "/v1/bucket" : "/v2/CreateBucket", { globalAlias });
  }

  /** Changes a bucket by hand. */
  async change(alias: string, changes: Message): Promise<void> {
    const id = await this.idOf(alias);
    if (this.#prefix === "/v1") await this.server.admin.call("PUT", `/v1/bucket?id=${id}`, changes);
    else await this.server.admin.post(`/v2/UpdateBucket?id=${id}`, changes);
  }

  /** Adds an alias by hand. */
  async alias(of: string, alias: string): Promise<void> {
    const id = await this.idOf(of);
    if (this.#prefix === "/v1") await this.server.admin.call("PUT", `/v1/bucket/alias/global?id=${id}&alias=${alias}`);
    else await this.server.admin.post("/v2/AddBucketAlias", { bucketId: id, globalAlias: alias });
  }

  /** The id of the bucket that the alias leads to. */
  async idOf(alias: string): Promise<string> {
    const path = this.#prefix === "/v1" ? "/v1/bucket" : "/v2/GetBucketInfo";
    return bucket.parse(await this.server.admin.get(`${path}?globalAlias=${alias}`)).id;
  }

  /** Number of objects, as the server counts them a moment later. */
  async objects(alias: string): Promise<number> {
    return counted.parse(await this.info(await this.idOf(alias))).objects;
  }

  /** A bucket by its id, in the server's own spelling. */
  async text(id: string): Promise<string> {
    return await this.server.admin.text(this.#prefix === "/v1" ? `/v1/bucket?id=${id}` : `/v2/GetBucketInfo?id=${id}`);
  }

  /** A bucket by its id, as the API shows it. */
  async info(id: string): Promise<unknown> {
    return await this.server.admin.get(this.#prefix === "/v1" ? `/v1/bucket?id=${id}` : `/v2/GetBucketInfo?id=${id}`);
  }

  /** Gives a key by hand the permission to read the bucket. */
  async allowRead(alias: string, accessKeyId: string): Promise<void> {
    const body = { bucketId: await this.idOf(alias), accessKeyId, permissions: { read: true } };
    await this.server.admin.post(this.#prefix === "/v1" ? "/v1/bucket/allow" : "/v2/AllowBucketKey", body);
  }

  /** Creates a key by hand; returns it with its secret. */
  async makeKey(name: string): Promise<{ id: string; secret: string }> {
    const made = await this.server.admin.post(this.#prefix === "/v1" ? "/v1/key" : "/v2/CreateKey", { name });
    const { accessKeyId, secretAccessKey } = newKey.parse(made);
    return { id: accessKeyId, secret: secretAccessKey };
  }

  /** Imports a key by hand. */
  async importKey(accessKeyId: string, secretAccessKey: string, name: string): Promise<void> {
    const path = this.#prefix === "/v1" ? "/v1/key/import" : "/v2/ImportKey";
    await this.server.admin.post(path, { accessKeyId, secretAccessKey, name });
  }

  /** Creates a second key with the whole name of another one, mark included. */
  async copyKeyName(words: string): Promise<void> {
    const [id = ""] = await this.keyIds(words);
    await this.makeKey((await this.#key(id)).name);
  }

  /** Changes a key by hand: the only one whose name begins with these words. */
  async changeKey(words: string, changes: Message): Promise<void> {
    const [id] = await this.keyIds(words);
    await this.server.admin.post(`${this.#prefix === "/v1" ? "/v1/key" : "/v2/UpdateKey"}?id=${id}`, changes);
  }

  /** The ids of the keys whose names begin with these words. */
  async keyIds(words: string): Promise<string[]> {
    const keys = namedKeys.parse(await this.#list("Key"));
    return keys.filter(({ name }) => name.split("\n")[0] === words).map(({ id }) => id);
  }

  async deleteKey(id: string): Promise<void> {
    await this.#remove("Key", id);
  }

  /** All admin tokens but those of the configuration and the one that is in use. */
  async tokens(): Promise<z.output<typeof tokens>> {
    const all = tokens.parse(await this.server.admin.get("/v2/ListAdminTokens"));
    return all.filter(({ id }) => id !== null && !this.server.token.startsWith(`${id}.`));
  }

  /** Creates a token by hand; returns it with its secret. */
  async makeToken(
    name: string,
    scope: readonly string[],
    expiration?: string,
  ): Promise<{ id: string; secret: string }> {
    const body = { name, scope, ...(expiration !== undefined && { expiration }) };
    const { id, secretToken } = newToken.parse(await this.server.admin.post("/v2/CreateAdminToken", body));
    return { id, secret: secretToken };
  }

  /** Changes a token by hand: the only one whose name begins with these words. */
  async changeToken(words: string, changes: Message): Promise<void> {
    const [token] = (await this.tokens()).filter(({ name }) => name.split("\n")[0] === words);
    await this.server.admin.post(`/v2/UpdateAdminToken?id=${token?.id}`, changes);
  }

  /** The server belongs to the suite. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.reset();
    await this.#beside?.[Symbol.asyncDispose]();
  }

  async #key(id: string): Promise<{ name: string; expired: unknown; expires: boolean; permissions: unknown }> {
    const path = this.#prefix === "/v1" ? "/v1/key" : "/v2/GetKeyInfo";
    const { name, expired, expiration, permissions } = keyInfo.parse(await this.server.admin.get(`${path}?id=${id}`));
    return { name, expired, expires: expiration != null, permissions };
  }

  async #list(kind: "Bucket" | "Key"): Promise<unknown> {
    return await this.server.admin.get(this.#prefix === "/v1" ? `/v1/${kind.toLowerCase()}?list` : `/v2/List${kind}s`);
  }

  async #remove(kind: "Bucket" | "Key", id: string): Promise<void> {
    if (this.#prefix === "/v1") await this.server.admin.call("DELETE", `/v1/${kind.toLowerCase()}?id=${id}`);
    else await this.server.admin.post(`/v2/Delete${kind}?id=${id}`);
  }
}

/** The keys of a bucket by their names, since generated ids differ. */
function keysOf(of: z.output<typeof bucket>, nameOf: ReadonlyMap<string, string>): unknown {
  const keys = z.array(z.looseObject({ accessKeyId: z.string() })).parse(of["keys"]);
  return keys
    .map((key) => ({ ...key, accessKeyId: nameOf.get(key.accessKeyId) }))
    .toSorted((one, other) => String(one.accessKeyId).localeCompare(String(other.accessKeyId)));
}
