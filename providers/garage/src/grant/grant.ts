import { defineResource, somethingElse } from "@nixops4-resources/protocol-core";
import { bucketMissing } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import { connection, type Connection } from "../connection.ts";
import { changePermissions } from "./change.ts";
import { connectReader, connectWriter, type GrantReader, type GrantWriter } from "./client.ts";
import { checkInputs, inputs, outputs, type Inputs, type KeyGrant } from "./inputs.ts";
import { changesTo, countsAsExisting, goalOf, keysWith, seenKeys, type Goal } from "./permissions.ts";
import { isAlone, isExpiring, markOf, refusalToBeAlone, requireExclusiveness } from "./sealing.ts";
import { unsupported } from "../unsupported.ts";

type Want = Inputs & { readonly managedBy: string; readonly connection: Connection };

export default defineResource({
  type: "grant",
  description:
    "Permissions of access keys on a bucket. A bucket may have several grants, also of several deployments: each changes only the keys that it declares. With a state, the permissions of keys removed from the inputs are revoked. Without a state, only `exclusive` and `sealed` revoke them. Declare a key in one grant per bucket: Garage does not record who granted a permission, so two grants with different permissions for one key undo each other at every apply, and destroying one revokes what both declare. Garage has no object lock, versions or retention; `sealed` is the nearest to an immutable bucket.",
  requireState: false,
  identity: ["bucket"],
  connection,
  inputs,
  outputs,
  immutable: {
    bucket:
      "Declare a new grant and destroy this one: a change would leave the permissions of the keys on the old bucket",
  },
  secret: ["effectiveWith"],
  unsupported,
  stableOutputs: ["bucketId"],
  leastRights:
    "The admin token needs the scopes `GetBucketInfo`, `AllowBucketKey` and `DenyBucketKey`; `GetNodeInfo` for `sealed`.",
  example: { bucket: "media", keys: [{ accessKeyId: "GK31c2f218a2e44f485b94239e", read: true, write: true }] },

  label: ({ bucket }) => `on ${bucket}`,
  connectReader,
  connectWriter,

  async read(garage, want, previous) {
    checkInputs(want);
    // Older servers do not show whether a lifecycle rule deletes objects.
    if (want.sealed) await garage.requireVersion("`sealed`", [2, 3]);
    const bucket = await garage.bucketByAlias(want.bucket);
    garage.findings.bucketId = bucket?.id;
    const goal = goalOf(want, previous.keys ?? []);
    if (bucket === undefined || !countsAsExisting(bucket, goal)) return undefined;
    return {
      mark: isAlone(want) ? markOf(bucket, want) : undefined,
      inputs: {
        bucket: want.bucket,
        keys: seenKeys(bucket, goal),
        sealed: want.sealed && !isExpiring(bucket),
        effectiveWith: (await isAsWanted(garage, bucket, want, goal)) ? want.effectiveWith : somethingElse,
      },
      outputs: { bucketId: bucket.id, writers: keysWith(bucket, "write"), owners: keysWith(bucket, "owner") },
    };
  },

  refuse: (want, { mark }) => refusalToBeAlone(want, mark),

  create: (garage, want) => change(garage, want, []),

  update: (garage, want, { seen }) => change(garage, want, Array.isArray(seen.inputs.keys) ? seen.inputs.keys : []),

  async delete(garage, { bucket, keys }, { outputs: { bucketId } }) {
    const id = bucketId;
    await changePermissions(garage, { bucket, id }, { wanted: [], revocable: keys }, () => undefined);
  },
});

/** `previous` are keys that the grant declared before, and that still have permissions. */
async function change(garage: GrantWriter, want: Want, previous: readonly KeyGrant[]): Promise<void> {
  const id = garage.findings.bucketId;
  if (id === undefined) throw bucketMissing(want.bucket);
  const s3 = await s3Check(want);
  await changePermissions(garage, { bucket: want.bucket, id }, goalOf(want, previous), (bucket) => {
    requireExclusiveness(bucket, want);
  });
  await s3?.prove(garage);
}

/** Whether S3 permits what the admin API shows. Not asked if permissions must change first. */
async function isAsWanted(garage: GrantReader, bucket: ApiBucket, want: Want, goal: Goal): Promise<boolean> {
  if (changesTo(bucket, goal).length > 0) return true;
  const s3 = await s3Check(want);
  return s3 === undefined || (await s3.isEffective(garage));
}

/** The check by S3, if the inputs ask for it: only then is its library loaded. */
async function s3Check(want: Want) {
  if (want.effectiveWith === null) return undefined;
  const { declaredKey, isEffective, proveEffective } = await import("./effective.ts");
  const key = await declaredKey(want.effectiveWith, want);
  return {
    isEffective: (garage: GrantReader) => isEffective(garage, want, key),
    prove: (garage: GrantReader) => proveEffective(garage, want, key),
  };
}
