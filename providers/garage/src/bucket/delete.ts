import { MarkChanged, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import type { Connection } from "../connection.ts";
import type { Inputs } from "./inputs.ts";
import { whileLocked } from "./lock.ts";
import { isBeingDeleted, markerOf, type Viewer } from "./marker.ts";
import { changeRole, ownRole, proven, release, requireOwnIdentity } from "./ownership.ts";
import { removeTemporaryKey } from "./temporary-key.ts";

type Wanted = Inputs & Viewer & { readonly connection: Connection; readonly deletion: "delete" | "retain" | null };

/** Deletes the bucket if it carries `expected`. From then on it carries a mark that says so, and nobody can adopt it. */
export async function deleteBucket(
  garage: GarageWriter,
  id: string,
  want: Wanted,
  expected: Mark | undefined,
): Promise<void> {
  await whileLocked(id, async () => {
    const bucket = await proven(garage, id, want, expected);
    requireOwnIdentity(bucket, want);
    if (!want.confirmEmpty && bucket.objects > 0) throw notEmpty(bucket);
    const role = ownRole(bucket, want);
    await changeRole(garage, bucket, want, "deleting");
    if (await emptyAndDelete(garage, id, want)) return;
    // It has objects after all: the count of the server lags behind.
    const now = await garage.bucketById(id);
    if (now === undefined) return;
    await changeRole(garage, now, want, role);
    throw notEmpty(now);
  });
}

/**
 * Completes what a killed create or delete left behind. Returns whether it deleted anything. With `retain` no object is
 * deleted: a bucket whose deletion has begun loses its mark and stays.
 */
export async function removeUnfinished(garage: GarageWriter, want: Wanted): Promise<boolean> {
  const left = await unfinished(garage, want);
  if (left === undefined) return false;
  return await whileLocked(left.id, async () => {
    // Another process may have completed it while this one waited for the lock.
    const now = await unfinished(garage, want);
    if (now?.id !== left.id) throw new MarkChanged();
    if (want.deletion === "retain" && isBeingDeleted(now.globalAliases, want)) {
      await release(garage, now, want);
      return false;
    }
    if (!(await emptyAndDelete(garage, now.id, want))) throw notEmpty(now);
    if (want.confirmEmpty && want.emptyWith === null) await removeTemporaryKey(garage, now.id, want.managedBy);
    return true;
  });
}

/** The bucket whose deletion we have begun, or one of ours that has not got its name. */
async function unfinished(garage: GarageWriter, want: Wanted): Promise<ApiBucket | undefined> {
  const named = await garage.bucketByAlias(want.name);
  if (named !== undefined && isBeingDeleted(named.globalAliases, want)) return named;
  const marked = await garage.bucketByAlias(markerOf(want, "created"));
  return marked?.globalAliases.includes(want.name) === true && marked.id === named?.id ? undefined : marked;
}

/** Returns false if the bucket has objects that nobody permitted to delete. */
async function emptyAndDelete(garage: GarageWriter, id: string, want: Wanted): Promise<boolean> {
  if (await garage.deleteBucket(id)) return true;
  if (!want.confirmEmpty || want.deletion === "retain") return false;
  const { emptyBucket } = await import("./empty.ts");
  const bucket = await garage.bucketById(id);
  if (bucket !== undefined) await emptyBucket(garage, bucket, want);
  return await garage.deleteBucket(id);
}

const notEmpty = ({ objects, bytes }: ApiBucket): Error =>
  failure(
    `it contains ${objects === 0 ? "objects" : `${objects} object${objects === 1 ? "" : "s"} (${bytes} bytes)`}`,
    "garage.bucket.notEmpty",
    'Set `confirmEmpty = true` to delete them, or `deletion = "retain"` to keep the bucket',
  );
