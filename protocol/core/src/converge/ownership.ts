import type { CommonInputs } from "../resource/common-inputs.ts";
import { takenOver, type Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";

/** What a deployment may do with an existing object. `refusedClaim` says why it is refused. */
export type Claim = PermittedClaim | { kind: "refused" };
export type PermittedClaim = { kind: "ours" } | { kind: "adopt"; mark: Mark };

/** Decides who may change an object. One without marks belongs to each deployment that declares it (docs/adr/003-ownership.md). */
export function claim(resource: AnyResource, want: AnyWant, found: Mark | undefined): Claim {
  const { managedBy, adopt, adoptFrom }: CommonInputs = want;
  const { type } = resource;
  if (resource.setMark === undefined || found?.managedBy === managedBy) return { kind: "ours" };
  const permitted = found === undefined ? adopt : found.managedBy === adoptFrom;
  return permitted ? { kind: "adopt", mark: takenOver({ ...found, type }, managedBy) } : { kind: "refused" };
}
