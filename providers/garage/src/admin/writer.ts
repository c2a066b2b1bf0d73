import { AlreadyExists, type ClientRequest } from "@nixops4-resources/protocol-core";
import { HttpWriter, type Answer } from "@nixops4-resources/protocol-http";
import { targetOf, type Connection } from "../connection.ts";
import { v1, writing, type Call } from "./call.ts";
import { errorIn, isMissing, lastName } from "./failure.ts";
import { GarageReader, parsed } from "./reader.ts";
import {
  apiBucket,
  apiKey,
  apiNewToken,
  apiToken,
  type ApiBucket,
  type ApiCorsRule,
  type ApiKey,
  type ApiLifecycleRule,
  type ApiToken,
  type Permissions,
} from "./shapes.ts";

/** Members that are left out keep their values. */
export interface BucketChanges {
  readonly websiteAccess?: {
    readonly enabled: boolean;
    readonly indexDocument?: string;
    readonly errorDocument?: string | null;
  };
  /** Both members always: Garage takes one that is left out for unlimited. Numbers above 2^53 as `JSON.rawJSON`. */
  readonly quotas?: { readonly maxSize: unknown; readonly maxObjects: unknown };
  readonly corsRules?: readonly ApiCorsRule[];
  readonly lifecycleRules?: readonly ApiLifecycleRule[];
}

export interface KeyChanges {
  readonly name?: string;
  readonly allow?: { readonly createBucket: true };
  readonly deny?: { readonly createBucket: true };
  /** RFC 3339; v2 only, as `neverExpires`. */
  readonly expiration?: string;
  readonly neverExpires?: true;
}

export interface TokenChanges {
  readonly name?: string;
  readonly scope?: readonly string[];
  readonly expiration?: string;
  readonly neverExpires?: true;
}

/** The admin API, for writing too. No write has a condition: look just before, and read back what it did. */
export class GarageWriter extends GarageReader {
  readonly #http: HttpWriter;

  constructor(connection: Connection, request: ClientRequest) {
    const http = new HttpWriter(targetOf(connection), request);
    super(connection, request, http);
    this.#http = http;
  }

  /** Throws AlreadyExists if a bucket has the alias. */
  async createBucket(globalAlias: string): Promise<ApiBucket> {
    const call = writing("CreateBucket", {}, { globalAlias }, v1("POST", "/v1/bucket", {}, { globalAlias }));
    return parsed(await this.#create(call, "BucketAlreadyExists"), apiBucket);
  }

  async updateBucket(id: string, changes: BucketChanges): Promise<ApiBucket> {
    const call = writing("UpdateBucket", { id }, changes, v1("PUT", "/v1/bucket", { id }, changes));
    return parsed(await this.write(call), apiBucket);
  }

  /** Succeeds if the bucket is already gone; returns false if it is still there, since it contains objects. */
  async deleteBucket(id: string): Promise<boolean> {
    const call = writing("DeleteBucket", { id }, undefined, v1("DELETE", "/v1/bucket", { id }));
    const answer = await this.send(call);
    if (errorIn(answer)?.code === "BucketNotEmpty") return false;
    if (!isMissing(answer)) await this.accepted(call, answer);
    // The answer is empty, so that it proves nothing.
    return (await this.bucketById(id)) === undefined;
  }

  /** Returns false if the alias leads to another bucket, or the bucket is gone. Look it up afterwards: on several nodes, two calls may succeed. */
  async addAlias(bucketId: string, globalAlias: string): Promise<boolean> {
    const query = { id: bucketId, alias: globalAlias };
    const body = { bucketId, globalAlias };
    const call = writing("AddBucketAlias", {}, body, v1("PUT", "/v1/bucket/alias/global", query));
    let answer = await this.send(call);
    if (answer.status === 400) {
      if ((await this.bucketByAlias(globalAlias)) !== undefined) return false;
      // The bucket that had the alias may be gone since. If not, the next answer tells what is wrong.
      answer = await this.send(call);
    }
    if (isMissing(answer)) return false;
    return parsed(await this.accepted(call, answer), apiBucket).globalAliases.includes(globalAlias);
  }

  /**
   * Returns false if the bucket did not have the alias: of several that remove it at once, one gets true. Garage answers 500
   * then, which can also mean that it failed: so the bucket is looked up.
   */
  async removeAlias(bucketId: string, globalAlias: string): Promise<boolean> {
    const query = { id: bucketId, alias: globalAlias };
    const body = { bucketId, globalAlias };
    const call = writing("RemoveBucketAlias", {}, body, v1("DELETE", "/v1/bucket/alias/global", query));
    const answer = await this.send(call);
    if (answer.status === 500 && (await this.bucketByAlias(globalAlias))?.id !== bucketId) return false;
    if (isMissing(answer)) return false;
    return !parsed(await this.accepted(call, answer), apiBucket).globalAliases.includes(globalAlias);
  }

  /** Returns false if the alias of that key leads to another bucket. */
  async addLocalAlias(bucketId: string, accessKeyId: string, localAlias: string): Promise<boolean> {
    const query = { id: bucketId, accessKeyId, alias: localAlias };
    const body = { bucketId, accessKeyId, localAlias };
    const call = writing("AddBucketAlias", {}, body, v1("PUT", "/v1/bucket/alias/local", query));
    const answer = await this.send(call);
    // A name that is no bucket name has another code.
    if (errorIn(answer)?.code === "InvalidRequest") return false;
    await this.accepted(call, answer);
    return true;
  }

  /** Succeeds if the bucket or the key is already gone. Look afterwards: for an alias that is gone Garage answers 500. */
  async removeLocalAlias(bucketId: string, accessKeyId: string, localAlias: string): Promise<void> {
    const query = { id: bucketId, accessKeyId, alias: localAlias };
    const body = { bucketId, accessKeyId, localAlias };
    const call = writing("RemoveBucketAlias", {}, body, v1("DELETE", "/v1/bucket/alias/local", query));
    const answer = await this.send(call);
    if (errorIn(answer)?.code === "InvalidRequest") throw lastName(localAlias);
    if (!isMissing(answer)) await this.accepted(call, answer);
  }

  /** Grants what is true in `permissions`; the rest stays as it is. */
  async allow(bucketId: string, accessKeyId: string, permissions: Permissions): Promise<ApiBucket> {
    const body = { bucketId, accessKeyId, permissions };
    const call = writing("AllowBucketKey", {}, body, v1("POST", "/v1/bucket/allow", {}, body));
    return parsed(await this.write(call), apiBucket);
  }

  /** Revokes what is true in `permissions`; the rest stays as it is. Undefined if the bucket or the key is gone. */
  async deny(bucketId: string, accessKeyId: string, permissions: Permissions): Promise<ApiBucket | undefined> {
    const body = { bucketId, accessKeyId, permissions };
    const call = writing("DenyBucketKey", {}, body, v1("POST", "/v1/bucket/deny", {}, body));
    const answer = await this.send(call);
    return isMissing(answer) ? undefined : parsed(await this.accepted(call, answer), apiBucket);
  }

  /** The new key, with its secret. Names are not unique: two calls make two keys. `expiration` (RFC 3339) needs v2. */
  async createKey(name: string, expiration?: string): Promise<ApiKey> {
    const body = { name, ...(expiration !== undefined && { expiration }) };
    const call = writing("CreateKey", {}, body, v1("POST", "/v1/key", {}, { name }));
    return parsed(await this.write(call), apiKey);
  }

  /** Throws AlreadyExists if a key has the id, or had it: the id of a deleted key is taken for ever. */
  async importKey(accessKeyId: string, secretAccessKey: string, name: string): Promise<ApiKey> {
    const body = { accessKeyId, secretAccessKey, name };
    const call = writing("ImportKey", {}, body, v1("POST", "/v1/key/import", {}, body));
    return parsed(await this.#create(call, "KeyAlreadyExists"), apiKey);
  }

  async updateKey(id: string, changes: KeyChanges): Promise<ApiKey> {
    const call = writing("UpdateKey", { id }, changes, v1("POST", "/v1/key", { id }, changes));
    return parsed(await this.write(call), apiKey);
  }

  /** Succeeds if the key is already gone. Its permissions and local aliases go with it. */
  async deleteKey(id: string): Promise<void> {
    await this.#remove(writing("DeleteKey", { id }, undefined, v1("DELETE", "/v1/key", { id })));
  }

  /** The new token; its secret is shown only here. */
  async createToken(token: TokenChanges): Promise<{ token: ApiToken; secret: string }> {
    const { secretToken, ...made } = parsed(await this.write(writing("CreateAdminToken", {}, token)), apiNewToken);
    return { token: made, secret: secretToken };
  }

  async updateToken(id: string, changes: TokenChanges): Promise<ApiToken> {
    return parsed(await this.write(writing("UpdateAdminToken", { id }, changes)), apiToken);
  }

  async deleteToken(id: string): Promise<void> {
    await this.#remove(writing("DeleteAdminToken", { id }, undefined));
  }

  protected async write(call: Call): Promise<Answer> {
    return await this.accepted(call, await this.send(call));
  }

  protected async send(call: Call): Promise<Answer> {
    const { method, path, body } = await this.sent(call);
    if (method === "GET") throw new TypeError(`${call.endpoint} does not write`);
    return await this.#http.write(method, path, body);
  }

  async #create(call: Call, taken: string): Promise<Answer> {
    const answer = await this.send(call);
    if (answer.status === 409 && errorIn(answer)?.code === taken) throw new AlreadyExists(taken);
    return await this.accepted(call, answer);
  }

  async #remove(call: Call): Promise<void> {
    const answer = await this.send(call);
    if (!isMissing(answer)) await this.accepted(call, answer);
  }
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<GarageReader> =>
  new GarageReader(connection, request);

export const connectWriter = async (connection: Connection, request: ClientRequest): Promise<GarageWriter> =>
  new GarageWriter(connection, request);
