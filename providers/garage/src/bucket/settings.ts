import { isEqualJson } from "@nixops4-resources/protocol-core";
import type { ApiBucket } from "../admin/shapes.ts";
import type { BucketChanges } from "../admin/writer.ts";
import { fromApiCors, toApiCors } from "./cors.ts";
import type { Inputs } from "./inputs.ts";
import { seenLifecycle, toApiLifecycle } from "./lifecycle.ts";
import { quotaToSend, seenQuota } from "./quota.ts";
import { fromApiWebsite, toApiWebsite } from "./website.ts";

export type Settings = Pick<Inputs, "website" | "maxSizeBytes" | "maxObjects" | "corsRules" | "lifecycleRules">;

/** The settings of a bucket in the form of the inputs; null stays null, since it does not manage a setting. */
export function seenSettings(bucket: ApiBucket, want: Settings): Settings {
  const { quotas, corsRules = null, lifecycleRules = null } = bucket;
  return {
    website: want.website === null ? null : fromApiWebsite(bucket),
    maxSizeBytes: seenQuota(quotas.maxSize, want.maxSizeBytes),
    maxObjects: seenQuota(quotas.maxObjects, want.maxObjects),
    corsRules: want.corsRules === null ? null : fromApiCors(corsRules ?? []),
    lifecycleRules: want.lifecycleRules === null ? null : seenLifecycle(lifecycleRules ?? [], want.lifecycleRules),
  };
}

/** What to send so that the bucket has the wanted settings; undefined if it has them. */
export function changesTo(bucket: ApiBucket, want: Settings): BucketChanges | undefined {
  const seen = seenSettings(bucket, want);
  const differs = (name: keyof Settings): boolean => !isEqualJson(seen[name], want[name]);
  const { website, maxSizeBytes, maxObjects, corsRules, lifecycleRules } = want;
  const changes: BucketChanges = {
    ...(website !== null && differs("website") && { websiteAccess: toApiWebsite(website) }),
    ...((differs("maxSizeBytes") || differs("maxObjects")) && {
      quotas: {
        maxSize: quotaToSend(maxSizeBytes, bucket.quotas.maxSize),
        maxObjects: quotaToSend(maxObjects, bucket.quotas.maxObjects),
      },
    }),
    ...(corsRules !== null && differs("corsRules") && { corsRules: corsRules.map(toApiCors) }),
    ...(lifecycleRules !== null && differs("lifecycleRules") && { lifecycleRules: lifecycleRules.map(toApiLifecycle) }),
  };
  return Object.keys(changes).length === 0 ? undefined : changes;
}
