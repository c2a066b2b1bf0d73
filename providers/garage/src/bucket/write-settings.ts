import { log } from "@nixops4-resources/protocol-core";
import type { ApiBucket } from "../admin/shapes.ts";
import type { GarageWriter } from "../admin/writer.ts";
import type { Inputs } from "./inputs.ts";
import { isBelow } from "./quota.ts";
import { changesTo, type Settings } from "./settings.ts";

/** Gives the bucket the wanted settings. The look afterwards shows whether the server knew all of them. */
export async function writeSettings(garage: GarageWriter, bucket: ApiBucket, want: Settings): Promise<void> {
  const changes = changesTo(bucket, want);
  if (changes === undefined) return;
  await requireSupport(garage, want);
  warnOfFullBucket(bucket, want);
  await garage.updateBucket(bucket.id, changes);
}

/** Older servers ignore these members without a word. */
async function requireSupport(garage: GarageWriter, { corsRules, lifecycleRules }: Settings): Promise<void> {
  const needing = [corsRules === null ? [] : "`corsRules`", lifecycleRules === null ? [] : "`lifecycleRules`"].flat();
  if (needing.length > 0) await garage.requireVersion(needing.join(" and "), [2, 3]);
}

function warnOfFullBucket({ objects, bytes }: ApiBucket, want: Pick<Inputs, "maxSizeBytes" | "maxObjects">): void {
  const limits = [
    { name: "maxSizeBytes", limit: want.maxSizeBytes, used: bytes },
    { name: "maxObjects", limit: want.maxObjects, used: objects },
  ];
  for (const { name, limit, used } of limits) {
    if (isBelow(limit, used)) {
      log.warn(`${name} is ${limit}, and the bucket uses ${used}: writes fail until objects are deleted`);
    }
  }
}
