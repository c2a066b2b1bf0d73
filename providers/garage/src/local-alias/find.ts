import type { GarageReader } from "../admin/reader.ts";
import type { ApiBucket } from "../admin/shapes.ts";

/** The inputs that identify a local alias. */
export interface LocalAlias {
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly alias: string;
}

/** The bucket, if the key knows it by the alias. */
export async function findWithAlias(garage: GarageReader, want: LocalAlias): Promise<ApiBucket | undefined> {
  const bucket = await garage.bucketByAlias(want.bucket);
  return bucket !== undefined && (await hasAlias(garage, bucket, want)) ? bucket : undefined;
}

/** Whether the key knows the bucket by the alias. */
export async function hasAlias(garage: GarageReader, bucket: ApiBucket, want: LocalAlias): Promise<boolean> {
  const { accessKeyId, alias } = want;
  const shown = bucket.keys.find((key) => key.accessKeyId === accessKeyId);
  if (shown !== undefined) return shown.bucketLocalAliases.includes(alias);
  if (!(await hidesKeys(garage))) return false;
  const listed = (await garage.buckets()).find(({ id }) => id === bucket.id);
  return listed?.localAliases.some((one) => one.accessKeyId === accessKeyId && one.alias === alias) ?? false;
}

/** Garage 2.1 to 2.3 show a key without permissions neither at its bucket nor the other way round, only in the list. */
async function hidesKeys(garage: GarageReader): Promise<boolean> {
  const [major = 2, minor = 1] = (await garage.version()) ?? [];
  return major === 2 && minor >= 1 && minor <= 3;
}
