import { ProviderError, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../admin/failure.ts";
import type { ApiBucket } from "../admin/shapes.ts";
import { expires } from "../bucket/lifecycle.ts";
import { markIn } from "../bucket/marker.ts";
import type { Inputs } from "./inputs.ts";

type Wanted = Pick<Inputs, "bucket" | "exclusive" | "sealed"> & { readonly managedBy: string };

/** Whether the grant concerns keys that others granted permissions to. */
export const isAlone = ({ exclusive, sealed }: Pick<Inputs, "exclusive" | "sealed">): boolean => exclusive || sealed;

/** The bucket's mark; undefined if it has none, or if its marks contradict each other: then it belongs to nobody here. */
export function markOf({ globalAliases }: ApiBucket, { bucket: name, managedBy }: Wanted): Mark | undefined {
  try {
    return markIn(globalAliases, { name, managedBy, adopt: false, adoptFrom: null });
  } catch (error) {
    if (error instanceof ProviderError) return undefined;
    throw error;
  }
}

/** Why the grant must not remove permissions of others; undefined if it may, or does not. */
export function refusalToBeAlone(want: Wanted, mark: Mark | undefined): ProviderError | undefined {
  if (!isAlone(want) || mark?.managedBy === want.managedBy) return undefined;
  return failure(
    `\`${want.sealed ? "sealed" : "exclusive"}\` would revoke permissions that others granted, and ${want.managedBy} does not manage the bucket ${want.bucket}`,
    "garage.grant.exclusive",
    "Declare the bucket in this deployment, or set `exclusive = false` and `sealed = false`",
  );
}

/** Whether a lifecycle rule of the bucket deletes objects. */
export const isExpiring = ({ lifecycleRules }: ApiBucket): boolean => (lifecycleRules ?? []).some(expires);

/** Throws if the grant must not change the bucket. */
export function requireExclusiveness(bucket: ApiBucket, want: Wanted): void {
  const refusal = refusalToBeAlone(want, markOf(bucket, want));
  if (refusal !== undefined) throw refusal;
  if (!want.sealed || !isExpiring(bucket)) return;
  throw failure(
    `a lifecycle rule deletes objects of the bucket ${want.bucket}, so it cannot be sealed`,
    "garage.grant.expiry",
    "Remove `expirationDays` and `expirationDate` from the lifecycle rules of the bucket",
  );
}
