import { AlreadyExists } from "@nixops4-resources/protocol-core";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { aliasTaken, claimAlias, requireAlias, setAliases } from "./aliases.ts";
import type { Inputs } from "./inputs.ts";
import { whileLocked } from "./lock.ts";
import { isBeingDeleted, markerOf, type Viewer } from "./marker.ts";
import { changeRole } from "./ownership.ts";
import { writeSettings } from "./write-settings.ts";

type Wanted = Inputs & Viewer;

/**
 * Creates the bucket with nothing but our marker, then names it. A bucket that a killed create or delete left behind is
 * taken up again. Throws AlreadyExists if another bucket has the name.
 */
export async function createBucket(garage: GarageWriter, want: Wanted): Promise<void> {
  const marker = markerOf(want, "created");
  const ours = await makeIfMissing(garage, marker);
  // Of several that create the bucket at once, one does; the others, and the next one after a kill, find it.
  const id = ours?.id ?? (await garage.bucketByAlias(marker))?.id;
  if (id === undefined) throw new AlreadyExists(want.name);
  const holder = await whileLocked(id, async () => {
    const made = await garage.bucketByAlias(marker);
    if (made?.id !== id) {
      // On several nodes two creates may succeed: the one that the marker leads to counts.
      if (ours !== undefined) await garage.deleteBucket(ours.id);
      throw new AlreadyExists(want.name);
    }
    // Another process may have completed it meanwhile.
    if (made.globalAliases.includes(want.name) && (await garage.bucketByAlias(want.name))?.id === id)
      throw new AlreadyExists(want.name);
    if (await claimAlias(garage, made.id, want.name)) {
      await complete(garage, made, want);
      return undefined;
    }
    const other = await garage.bucketByAlias(want.name);
    // Ours is useless then. It is empty, unless somebody removed its name by hand.
    if (!(await garage.deleteBucket(made.id))) throw aliasTaken(want.name, other);
    if (other === undefined || !isBeingDeleted(other.globalAliases, want)) throw new AlreadyExists(want.name);
    return other;
  });
  if (holder !== undefined) await takeBack(garage, holder.id, want);
}

/** Ends the deletion of our bucket that was interrupted. One that is in progress is completed first, since it holds the lock. */
async function takeBack(garage: GarageWriter, id: string, want: Wanted): Promise<void> {
  await whileLocked(id, async () => {
    const bucket = await garage.bucketById(id);
    if (bucket === undefined || !isBeingDeleted(bucket.globalAliases, want)) throw new AlreadyExists(want.name);
    await changeRole(garage, bucket, want, "created");
    await complete(garage, bucket, want);
  });
}

/** Undefined if a bucket has the marker. */
async function makeIfMissing(garage: GarageWriter, marker: string): Promise<ApiBucket | undefined> {
  try {
    return await garage.createBucket(marker);
  } catch (error) {
    if (error instanceof AlreadyExists) return undefined;
    throw error;
  }
}

async function complete(garage: GarageWriter, bucket: ApiBucket, want: Wanted): Promise<void> {
  await writeSettings(garage, bucket, want);
  if (want.aliases !== null) await setAliases(garage, bucket, want.name, want.aliases);
}

/** Adds the name to a bucket that was adopted by its id. */
export async function addName(garage: GarageWriter, bucket: ApiBucket, { name }: Viewer): Promise<void> {
  if (!bucket.globalAliases.includes(name)) await requireAlias(garage, bucket.id, name);
}
