import type { CommonInputs } from "../resource/common-inputs.ts";
import { ProviderError } from "../report/error.ts";
import type { Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";

/** What a deployment may do with an existing object. */
export type Claim = PermittedClaim | { kind: "refused"; error: ProviderError };
export type PermittedClaim = { kind: "ours" } | { kind: "adopt"; mark: Mark };

/** Decides who may change an object. One without marks belongs to each deployment that declares it (docs/adr/003-ownership.md). */
export function claim(resource: AnyResource, want: AnyWant, found: Mark | undefined): Claim {
  const { managedBy, adopt, adoptFrom }: CommonInputs = want;
  const { type } = resource;
  if (resource.setMark === undefined || found?.managedBy === managedBy) return { kind: "ours" };
  if (found === undefined) {
    if (adopt) return { kind: "adopt", mark: { managedBy, type, adopted: true } };
    return refuse("it exists and carries no mark of a deployment", "protocol.ownership.unmarked", "adopt = true");
  }
  if (found.managedBy === adoptFrom) {
    // This deployment did not create it, so destroying keeps it by default.
    return { kind: "adopt", mark: { ...found, managedBy, type, adopted: true } };
  }
  return refuse(
    `the deployment ${found.managedBy} manages it, not ${managedBy}`,
    "protocol.ownership.foreign",
    `adoptFrom = ${JSON.stringify(found.managedBy)}`,
  );
}

function refuse(reason: string, code: string, setting: string): Claim {
  const hint = `Set \`${setting}\` on this resource to take it over, or give the resource another name`;
  return { kind: "refused", error: new ProviderError(reason, { code, hint }) };
}
