import { option, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { accessKeyId } from "../access-key-id.ts";
import { failure } from "../admin/failure.ts";
import { bucketName } from "../bucket/name.ts";
import { s3Key } from "../s3/key-input.ts";

const keyGrant = z
  .strictObject({
    accessKeyId: option(accessKeyId, "Id of the access key, such as an output of the resource that creates it."),
    read: option(z.boolean(), "Whether the key may read and list the objects.", false),
    write: option(
      z.boolean(),
      "Whether the key may write objects. This includes overwriting and deleting every object of the bucket.",
      false,
    ),
    owner: option(
      z.boolean(),
      "Whether the key may change the bucket by S3: its website, CORS and lifecycle rules. A lifecycle rule can delete objects.",
      false,
    ),
  })
  .check(
    z.refine(
      ({ read, write, owner }) => read || write || owner,
      "a key with at least one of `read`, `write` and `owner`",
    ),
  );

export type KeyGrant = z.output<typeof keyGrant>;

const hasUniqueIds = (keys: readonly KeyGrant[]): boolean =>
  new Set(keys.map((key) => key.accessKeyId)).size === keys.length;

export const inputs = {
  bucket: option(bucketName, "Name of the bucket: one of its global aliases. The bucket must exist."),
  keys: option(
    z.array(keyGrant).check(z.refine(hasUniqueIds, "keys with different ids")),
    "Keys with the permissions that each has on the bucket, exactly: a permission that is false is revoked.",
  ),
  exclusive: option(
    z.boolean(),
    "Whether to revoke the permissions of all keys that are not declared here. The same deployment must manage the bucket, and no other grant on it can last. False keeps what others have granted.",
    false,
  ),
  sealed: option(
    z.boolean(),
    "Whether nobody may change the objects: implies `exclusive`, and every key may have `read` only. Rejected if a lifecycle rule of the bucket deletes objects. Only an admin token can still change them. Needs Garage 2.3.",
    false,
  ),
  effectiveWith: option(
    z.nullable(s3Key),
    "One of `keys` that has `read`, with its secret: the resource succeeds only when S3 permits a read with it. Null trusts the admin API; then S3 may reject the keys for a moment.",
    null,
  ),
};

export const outputs = {
  bucketId: option(z.string(), "Id of the bucket: 64 hexadecimal digits."),
  writers: option(
    z.array(z.string()),
    "Ids of all keys that may write, overwrite and delete objects, in alphabetical order. Keys of other grants are included.",
  ),
  owners: option(
    z.array(z.string()),
    "Ids of all keys that may change the bucket by S3, in alphabetical order. Keys of other grants are included.",
  ),
};

export type Inputs = Values<typeof inputs>;

/** Rejects inputs that contradict each other. */
export function checkInputs({ keys, sealed }: Inputs): void {
  const writer = keys.find(({ write, owner }) => write || owner);
  if (!sealed || writer === undefined) return;
  throw failure(
    `\`sealed\` permits only \`read\`, and ${writer.accessKeyId} has ${writer.write ? "`write`" : "`owner`"}`,
    "garage.grant.contradiction",
    "Remove it from the key, or set `sealed = false`",
  );
}
