import { MarkChanged } from "@nixops4-resources/protocol-core";
import { bucketMissing, failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { whileLocked } from "../bucket/lock.ts";
import { both, changesTo, inWords, isAny, permissionsOf, without, type Goal, type KeyChange } from "./permissions.ts";

/**
 * Changes the permissions on the bucket that the look found, if the alias still leads to it. Garage's writes have no
 * condition, so the bucket is looked up again under a lock of this machine; `check` throws if it must not be changed.
 */
export async function changePermissions(
  garage: GarageWriter,
  { bucket: alias, id }: { bucket: string; id: string },
  goal: Goal,
  check: (bucket: ApiBucket) => void,
): Promise<void> {
  await whileLocked(id, async () => {
    const bucket = await garage.bucketByAlias(alias);
    if (bucket === undefined) throw bucketMissing(alias);
    if (bucket.id !== id) throw new MarkChanged();
    check(bucket);
    const changes = changesTo(bucket, goal);
    // No key loses a permission before every other has its own: the bucket stays usable, and a missing key changes nothing else.
    for (const change of changes) if (isAny(change.allow)) await allow(garage, id, change);
    for (const change of changes) if (isAny(change.deny)) await deny(garage, id, change);
  });
}

async function allow(garage: GarageWriter, id: string, { accessKeyId, allow: wanted }: KeyChange): Promise<void> {
  const after = permissionsOf(await garage.allow(id, accessKeyId, wanted), accessKeyId);
  const missing = without(wanted, after);
  if (isAny(missing)) throw ineffective(`${accessKeyId} did not get ${inWords(missing)}`);
}

async function deny(garage: GarageWriter, id: string, { accessKeyId, deny: unwanted }: KeyChange): Promise<void> {
  const after = await garage.deny(id, accessKeyId, unwanted);
  // The key or the bucket is gone, and its permissions with it.
  if (after === undefined) return;
  const left = both(unwanted, permissionsOf(after, accessKeyId));
  if (isAny(left)) throw ineffective(`${accessKeyId} still has ${inWords(left)}`);
}

const ineffective = (result: string): Error =>
  failure(
    `${result}, although Garage accepted the change`,
    "garage.change.ineffective",
    "Apply again; if the error remains, check what is between this machine and `connection.url`",
  );
