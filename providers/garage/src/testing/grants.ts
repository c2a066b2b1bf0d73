import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";
import { Deployment, type DeployedResource, type Message } from "@nixops4-resources/protocol-core/testing";
import { afterEach, beforeEach } from "vitest";
import { connection } from "../connection.ts";
import { openS3 } from "../s3/client.ts";
import type { Admin, Permissions, TestKey } from "./admin.ts";
import { main } from "./main.ts";
import { PreparedBackend, type Prepared } from "./prepared-backend.ts";

/** Access to the buckets and keys under test. */
interface GrantTests {
  backend: () => PreparedBackend;
  /** Writes past the provider. */
  admin: () => Admin;
  /** A grant on a bucket, by default of the deployment `shop`. */
  grant: (bucket: string, managedBy?: string) => DeployedResource;
  /** What the key may do with the bucket: `rw-`. */
  may: (bucket: string, key: TestKey) => Promise<string>;
  /** Grants past the provider. */
  allow: (bucket: string, key: TestKey, permissions: Permissions) => Promise<void>;
  /** A client of S3 with this key. */
  s3: (key: TestKey) => ReturnType<typeof openS3>;
}

/** Call it next to the tests. Permissions, aliases and lifecycle rules are reset before each of them. */
export function useGrants(server: () => GarageServer, prepared: Prepared): GrantTests {
  let opened: PreparedBackend | undefined;
  // Not in beforeAll: if the server is missing, every test is skipped before it gets here.
  beforeEach(async () => {
    opened ??= new PreparedBackend(server(), prepared);
    await opened.reset();
  });
  const backend = (): PreparedBackend => {
    if (opened === undefined) throw new Error("The server has not been started yet.");
    return opened;
  };
  const admin = (): Admin => backend().admin;
  const clients: ReturnType<typeof openS3>[] = [];
  // The server would wait for their connections before it ends.
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
  });
  return {
    backend,
    admin,
    grant: (bucket, managedBy = "shop") =>
      new Deployment(main, backend().connection).resource("grant", { bucket, managedBy }),
    async may(bucket, { accessKeyId }) {
      const { keys } = await admin().bucket(bucket);
      const found = keys.find((key) => key.accessKeyId === accessKeyId)?.permissions;
      return [found?.read ? "r" : "-", found?.write ? "w" : "-", found?.owner ? "o" : "-"].join("");
    },
    async allow(bucket, { accessKeyId }, permissions) {
      await admin().allow((await admin().bucket(bucket)).id, accessKeyId, permissions);
    },
    s3(key) {
      const client = openS3(connection.parse(backend().connection), key);
      clients.push(client);
      return client;
    },
  };
}

/** One key in `keys` of a grant: `declared(backup, "read")`. */
export const declared = (
  { accessKeyId }: TestKey,
  ...permissions: readonly ("read" | "write" | "owner")[]
): Message => ({
  accessKeyId,
  ...Object.fromEntries(permissions.map((permission) => [permission, true])),
});
