// Who may change a bucket (docs/adr/012-garage-buckets.md). Every function runs under the bucket's lock.
import { MarkChanged, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { claimAlias, requireAlias } from "./aliases.ts";
import { identityOf, markerOf, markersIn, markIn, ownerOf, type Marker, type Role, type Viewer } from "./marker.ts";

/** The bucket just before a write. Throws MarkChanged if it is gone or does not carry the mark that the look found. */
export async function proven(
  garage: GarageWriter,
  id: string,
  viewer: Viewer,
  expected: Mark | undefined,
): Promise<ApiBucket> {
  const bucket = await garage.bucketById(id);
  if (bucket === undefined) throw new MarkChanged();
  requireMark(markIn(bucket.globalAliases, viewer), expected);
  return bucket;
}

/** Two resources of one deployment must not manage one bucket by two of its names. */
export function requireOwnIdentity(bucket: ApiBucket, viewer: Viewer): void {
  const own = ownMarkers(bucket, viewer);
  const identity = identityOf(viewer.managedBy, viewer.name);
  if (own.length === 0 || own.some((marker) => marker.identity === identity)) return;
  throw failure(
    `the deployment ${viewer.managedBy} manages the same bucket by another name`,
    "garage.bucket.declaredTwice",
    "Declare the bucket once, with its other names in `aliases`",
  );
}

/** Takes the bucket over: from nobody, or from the owner of the markers that `expected` stands for. */
export async function takeOver(
  garage: GarageWriter,
  bucket: ApiBucket,
  viewer: Viewer,
  expected: Mark | undefined,
): Promise<void> {
  if (expected?.more?.["deleting"] === true) {
    throw failure(
      `the deployment ${expected.managedBy} is deleting it`,
      "garage.bucket.deleting",
      `Apply again when it is gone. If nobody deletes it any more, destroy it from the deployment ${expected.managedBy}`,
    );
  }
  const taking = markerOf(viewer, "taking");
  const theirs = othersMarkers(bucket, viewer, expected);
  if (!(await claimAlias(garage, bucket.id, taking))) throw new MarkChanged();
  // Without an owner there is no marker whose removal decides: whoever sees another marker beside its own withdraws.
  const others = expected === undefined ? othersMarkers(await present(garage, bucket.id), viewer, undefined) : [];
  if (others.length > 0 || !(await removeFirst(garage, bucket.id, theirs))) {
    await garage.removeAlias(bucket.id, taking);
    throw new MarkChanged();
  }
  await requireAlias(garage, bucket.id, markerOf(viewer, "adopted"));
  await garage.removeAlias(bucket.id, taking);
}

/** Removes the markers of a deployment. The first one decides: of several who remove it at once, one succeeds. */
async function removeFirst(garage: GarageWriter, id: string, markers: readonly Marker[]): Promise<boolean> {
  const [first, ...rest] = markers.toSorted((one, other) => (one.alias < other.alias ? -1 : 1));
  if (first === undefined) return true;
  if (!(await garage.removeAlias(id, first.alias))) return false;
  for (const { alias } of rest) await garage.removeAlias(id, alias);
  return true;
}

/** Removes our mark. */
export async function release(garage: GarageWriter, bucket: ApiBucket, viewer: Viewer): Promise<void> {
  if (!(await removeFirst(garage, bucket.id, ownMarkers(bucket, viewer)))) throw new MarkChanged();
}

/** Replaces our mark by one with another role. Throws MarkChanged if it was taken from us meanwhile. */
export async function changeRole(garage: GarageWriter, bucket: ApiBucket, viewer: Viewer, role: Role): Promise<void> {
  const wanted = markerOf(viewer, role);
  const before = ownMarkers(bucket, viewer).filter(({ alias }) => alias !== wanted);
  await requireAlias(garage, bucket.id, wanted);
  if (await removeFirst(garage, bucket.id, before)) return;
  await garage.removeAlias(bucket.id, wanted);
  throw new MarkChanged();
}

/** The role of our mark, by which a role is restored. */
export function ownRole(bucket: ApiBucket, viewer: Viewer): Role {
  return ownMarkers(bucket, viewer).some(({ role }) => role === "adopted") ? "adopted" : "created";
}

const ownMarkers = ({ globalAliases }: ApiBucket, { managedBy }: Viewer): Marker[] =>
  markersIn(globalAliases).filter(({ owner }) => owner === ownerOf(managedBy));

/** Markers of `expected`, or of everybody else. */
const othersMarkers = ({ globalAliases }: ApiBucket, { managedBy }: Viewer, expected: Mark | undefined): Marker[] =>
  markersIn(globalAliases).filter(({ owner }) =>
    expected === undefined ? owner !== ownerOf(managedBy) : isOwner(owner, expected) && owner !== ownerOf(managedBy),
  );

/** A mark shows the owner as the input names it, or as it stands in the alias. */
const isOwner = (owner: string, { managedBy }: Mark): boolean => owner === managedBy || owner === ownerOf(managedBy);

async function present(garage: GarageWriter, id: string): Promise<ApiBucket> {
  const bucket = await garage.bucketById(id);
  if (bucket === undefined) throw new MarkChanged();
  return bucket;
}
