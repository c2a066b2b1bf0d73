import { bucketMissing, failure } from "../admin/failure.ts";
import type { GarageWriter } from "../admin/writer.ts";
import { namesIn } from "../bucket/marker.ts";
import { hasAlias, type LocalAlias } from "./find.ts";

/**
 * Gives the bucket the alias for the key, if Garage does not know it as another bucket's. By AddBucketAlias: CreateBucket
 * rejects a name for ever that the key once had.
 */
export async function addLocalAlias(garage: GarageWriter, want: LocalAlias): Promise<void> {
  const bucket = await garage.bucketByAlias(want.bucket);
  if (bucket === undefined) throw bucketMissing(want.bucket);
  const { accessKeyId, alias } = want;
  if (await garage.addLocalAlias(bucket.id, accessKeyId, alias)) return;
  const key = await garage.key(accessKeyId);
  const holder = key?.buckets.find(({ localAliases }) => localAliases.includes(alias));
  const [name] = namesIn(holder?.globalAliases ?? []);
  throw failure(
    `the alias ${alias} leads ${accessKeyId} to the bucket ${name ?? holder?.id ?? "of another name"}`,
    "garage.alias.taken",
    `Choose another alias, or remove it with \`garage bucket unalias --local ${accessKeyId} ${alias}\``,
  );
}

/** Removes the alias if it leads the key to this bucket: Garage checks that. Whatever it answers, the look decides. */
export async function removeLocalAlias(garage: GarageWriter, id: string, want: LocalAlias): Promise<void> {
  const { accessKeyId, alias } = want;
  const isGone = async (): Promise<boolean> => {
    const bucket = await garage.bucketById(id);
    return bucket === undefined || !(await hasAlias(garage, bucket, want));
  };
  try {
    await garage.removeLocalAlias(id, accessKeyId, alias);
  } catch (error) {
    if (await isGone()) return;
    throw error;
  }
  if (!(await isGone())) throw ineffective(alias);
}

const ineffective = (alias: string): Error =>
  failure(
    `the alias ${alias} still exists, although Garage accepted its removal`,
    "garage.change.ineffective",
    "Apply again; if the error remains, check what is between this machine and `connection.url`",
  );
