import { createHash } from "node:crypto";
import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import * as z from "zod/mini";

/** A key whose id and secret are known before the server starts. */
export interface TestKey {
  readonly name: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");

export const testKey = (name: string): TestKey => ({
  name,
  accessKeyId: `GK${hash(name).slice(0, 24)}`,
  secretAccessKey: hash(`secret of ${name}`),
});

export interface Permissions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly owner?: boolean;
}

const bucketInfo = z.looseObject({
  id: z.string(),
  globalAliases: z.array(z.string()),
  lifecycleRules: z.optional(z.unknown()),
  keys: z.array(
    z.looseObject({
      accessKeyId: z.string(),
      permissions: z.object({ read: z.boolean(), write: z.boolean(), owner: z.boolean() }),
      bucketLocalAliases: z.array(z.string()),
    }),
  ),
});
export type BucketInfo = z.output<typeof bucketInfo>;

/** Writes of the admin API past the provider, in the generation of the server. */
export class Admin {
  readonly #server: GarageServer;
  readonly #isFirst: boolean;

  constructor(server: GarageServer) {
    this.#server = server;
    this.#isFirst = server.version === "1.3.0";
  }

  async createBucket(globalAlias: string): Promise<BucketInfo> {
    return bucketInfo.parse(await this.#post("/v1/bucket", "/v2/CreateBucket", { globalAlias }));
  }

  async deleteBucket(id: string): Promise<void> {
    if (this.#isFirst) await this.#server.admin.call("DELETE", `/v1/bucket?id=${id}`);
    else await this.#server.admin.post(`/v2/DeleteBucket?id=${id}`);
  }

  async importKey({ name, accessKeyId, secretAccessKey }: TestKey): Promise<void> {
    await this.#post("/v1/key/import", "/v2/ImportKey", { name, accessKeyId, secretAccessKey });
  }

  async deleteKey({ accessKeyId: id }: TestKey): Promise<void> {
    if (this.#isFirst) await this.#server.admin.call("DELETE", `/v1/key?id=${id}`);
    else await this.#server.admin.post(`/v2/DeleteKey?id=${id}`);
  }

  async allow(bucketId: string, accessKeyId: string, permissions: Permissions): Promise<void> {
    await this.#post("/v1/bucket/allow", "/v2/AllowBucketKey", {
      bucketId,
      accessKeyId,
      permissions: full(permissions),
    });
  }

  async deny(bucketId: string, accessKeyId: string, permissions: Permissions): Promise<void> {
    await this.#post("/v1/bucket/deny", "/v2/DenyBucketKey", { bucketId, accessKeyId, permissions: full(permissions) });
  }

  /** A global alias, or a local one if a key is given. */
  async addAlias(bucketId: string, alias: string, accessKeyId?: string): Promise<void> {
    await this.#alias("PUT", "AddBucketAlias", bucketId, alias, accessKeyId);
  }

  async removeAlias(bucketId: string, alias: string, accessKeyId?: string): Promise<void> {
    await this.#alias("DELETE", "RemoveBucketAlias", bucketId, alias, accessKeyId);
  }

  async bucket(globalAlias: string): Promise<BucketInfo> {
    const path = this.#isFirst ? "/v1/bucket" : "/v2/GetBucketInfo";
    return bucketInfo.parse(await this.#server.admin.get(`${path}?globalAlias=${globalAlias}`));
  }

  /** Members of UpdateBucket, such as `quotas`. */
  async updateBucket(id: string, changes: unknown): Promise<void> {
    if (this.#isFirst) await this.#server.admin.call("PUT", `/v1/bucket?id=${id}`, changes);
    else await this.#server.admin.post(`/v2/UpdateBucket?id=${id}`, changes);
  }

  async #alias(method: string, endpoint: string, bucketId: string, alias: string, accessKeyId?: string): Promise<void> {
    if (this.#isFirst) {
      const kind = accessKeyId === undefined ? "global" : "local";
      const query = new URLSearchParams({ id: bucketId, alias, ...(accessKeyId !== undefined && { accessKeyId }) });
      await this.#server.admin.call(method, `/v1/bucket/alias/${kind}?${query.toString()}`);
      return;
    }
    const named = accessKeyId === undefined ? { globalAlias: alias } : { localAlias: alias, accessKeyId };
    await this.#server.admin.post(`/v2/${endpoint}`, { bucketId, ...named });
  }

  async #post(first: string, second: string, body: unknown): Promise<unknown> {
    return await this.#server.admin.post(this.#isFirst ? first : second, body);
  }
}

const full = ({ read = false, write = false, owner = false }: Permissions): Required<Permissions> => ({
  read,
  write,
  owner,
});
