import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import type { Message } from "@nixops4-resources/protocol-core/testing";
import * as z from "zod/mini";
import { Admin, type BucketInfo, type TestKey } from "./admin.ts";
import { GarageBackend } from "./backend.ts";

/** What exists before each test. Keys are never deleted between tests, since the id of a deleted key cannot be used again. */
export interface Prepared {
  readonly buckets: readonly string[];
  readonly keys: readonly TestKey[];
}

const snapshot = z.looseObject({
  buckets: z.array(
    z.looseObject({
      keys: z.array(z.looseObject({ permissions: z.unknown(), bucketLocalAliases: z.array(z.string()) })),
    }),
  ),
});

/** A server with buckets and keys, to which grants and local aliases are added. */
export class PreparedBackend extends GarageBackend {
  override readonly canaries: readonly string[];
  readonly admin: Admin;
  readonly #prepared: Prepared;
  #isPrepared = false;

  constructor(server: GarageServer, prepared: Prepared) {
    super(server);
    this.admin = new Admin(server);
    this.#prepared = prepared;
    this.canaries = [server.token, ...prepared.keys.map(({ secretAccessKey }) => secretAccessKey)];
  }

  override async reset(): Promise<void> {
    const { buckets, keys } = this.#prepared;
    if (!this.#isPrepared) {
      await super.reset();
      for (const key of keys) await this.admin.importKey(key);
      for (const name of buckets) await this.admin.createBucket(name);
      this.#isPrepared = true;
    }
    for (const name of buckets) await this.#clear(name, await this.admin.bucket(name));
  }

  /** The connection with a new token that has only this scope; Garage 2.0 or later. */
  async limitedTo(...scope: string[]): Promise<Message> {
    const answer = await this.server.admin.post("/v2/CreateAdminToken", { name: "limited", scope });
    const { secretToken } = z.object({ secretToken: z.string() }).parse(answer);
    return { ...this.connection, token: { command: ["echo", secretToken] } };
  }

  async #clear(name: string, { id, keys, globalAliases, lifecycleRules }: BucketInfo): Promise<void> {
    for (const alias of globalAliases) if (alias !== name) await this.admin.removeAlias(id, alias);
    if (lifecycleRules !== undefined) await this.admin.updateBucket(id, { lifecycleRules: [] });
    for (const { accessKeyId, permissions, bucketLocalAliases } of keys) {
      if (Object.values(permissions).includes(true)) await this.admin.deny(id, accessKeyId, all);
      for (const alias of bucketLocalAliases) await this.admin.removeAlias(id, alias, accessKeyId);
    }
  }

  /** Garage 1.3.0 lists keys at a bucket that have nothing there any more. */
  override async snapshot(): Promise<unknown> {
    const { buckets, ...rest } = snapshot.parse(await super.snapshot());
    return {
      ...rest,
      buckets: buckets.map(({ keys, ...bucket }) => ({
        ...bucket,
        keys: keys.filter((key) => isAny(key.permissions) || key.bucketLocalAliases.length > 0),
      })),
    };
  }
}

const isAny = (permissions: unknown): boolean => JSON.stringify(permissions).includes("true");

const all = { read: true, write: true, owner: true };
