import { defineResource, option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { accessKeyId } from "../access-key-id.ts";
import { connectReader, connectWriter } from "../admin/writer.ts";
import { bucketName } from "../bucket/name.ts";
import { connection } from "../connection.ts";
import { addLocalAlias, removeLocalAlias } from "./change.ts";
import { findWithAlias } from "./find.ts";

const another = "Declare a new local alias and destroy this one: applications know the bucket by it";

export default defineResource({
  type: "local_alias",
  description:
    "A name of a bucket that only one access key knows. It hides a global alias of the same name from this key. The name carries no mark of a deployment: declare it once.",
  requireState: false,
  identity: ["bucket", "accessKeyId", "alias"],
  connection,
  inputs: {
    bucket: option(bucketName, "Name of the bucket: one of its global aliases. The bucket must exist."),
    accessKeyId: option(accessKeyId, "Id of the access key that knows the name. The key must exist."),
    alias: option(
      bucketName,
      "Name of the bucket for this key. It is rejected if it already leads this key to another bucket.",
    ),
  },
  outputs: { bucketId: option(z.string(), "Id of the bucket: 64 hexadecimal digits.") },
  immutable: { bucket: another, accessKeyId: another, alias: another },
  stableOutputs: ["bucketId"],
  leastRights:
    "The admin token needs the scopes `GetBucketInfo`, `GetNodeInfo`, `AddBucketAlias` and `RemoveBucketAlias`; with Garage 2.1 to 2.3 also `ListBuckets`. `GetKeyInfo` is needed only to name the bucket that an alias already leads to; it can also read the secret of every key.",
  example: { bucket: "shop-media", accessKeyId: "GK31c2f218a2e44f485b94239e", alias: "media" },

  label: ({ alias, accessKeyId: key }) => `${alias} of ${key}`,
  connectReader,
  connectWriter,

  async read(garage, want) {
    const bucket = await findWithAlias(garage, want);
    if (bucket === undefined) return undefined;
    const { bucket: name, accessKeyId: key, alias } = want;
    return { mark: undefined, inputs: { bucket: name, accessKeyId: key, alias }, outputs: { bucketId: bucket.id } };
  },

  create: (garage, want) => addLocalAlias(garage, want),

  // Every input identifies the alias, so there is nothing to change.
  update: async () => undefined,

  delete: (garage, want, { outputs: { bucketId } }) => removeLocalAlias(garage, bucketId, want),
});
