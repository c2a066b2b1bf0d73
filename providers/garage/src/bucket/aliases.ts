import type { GarageWriter } from "../admin/writer.ts";
import { failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import { namesIn } from "./marker.ts";

/**
 * Gives the bucket an alias. Returns false if it leads to another bucket: on several nodes, two buckets may believe that
 * they have one alias, so only the lookup decides.
 */
export async function claimAlias(garage: GarageWriter, id: string, alias: string): Promise<boolean> {
  return (await garage.addAlias(id, alias)) && (await garage.bucketByAlias(alias))?.id === id;
}

/** The same; throws with the bucket that has the alias. */
export async function requireAlias(garage: GarageWriter, id: string, alias: string): Promise<void> {
  if (await claimAlias(garage, id, alias)) return;
  throw aliasTaken(alias, await garage.bucketByAlias(alias));
}

export function aliasTaken(alias: string, holder: ApiBucket | undefined): Error {
  const names = holder === undefined ? [] : namesIn(holder.globalAliases).filter((name) => name !== alias);
  const called = names.length > 0 ? ` (${names.join(", ")})` : "";
  return failure(
    `the alias ${alias} leads to ${holder === undefined ? "no bucket any more" : `the bucket ${holder.id}${called}`}`,
    "garage.alias.taken",
    `Choose another alias, or remove it there with \`garage bucket unalias ${alias}\``,
  );
}

/** Makes `wanted` the aliases besides the name and our marks. Adds before it removes, so that no reader finds nothing. */
export async function setAliases(
  garage: GarageWriter,
  { id, globalAliases }: ApiBucket,
  name: string,
  wanted: readonly string[],
): Promise<void> {
  const current = namesIn(globalAliases).filter((alias) => alias !== name);
  for (const alias of wanted) if (!current.includes(alias) && alias !== name) await requireAlias(garage, id, alias);
  for (const alias of current) if (!wanted.includes(alias)) await garage.removeAlias(id, alias);
}
