import type { CommonInputs } from "../resource/common-inputs.ts";
import { ProviderError } from "../report/error.ts";
import type { Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";

/** What a deployment may do with a thing that exists. */
export type Claim = { kind: "ours" } | { kind: "adopt"; mark: Mark } | { kind: "refused"; error: ProviderError };

/** Who may touch what was found. What cannot bear a mark belongs to whoever declares it (docs/adr/003-ownership.md). */
export function claim(resource: AnyResource, want: AnyWant, found: Mark | undefined): Claim {
  const { managedBy, adopt, adoptFrom }: CommonInputs = want;
  const { type } = resource;
  if (resource.setMark === undefined || found?.managedBy === managedBy) return { kind: "ours" };
  if (found === undefined) {
    if (adopt) return { kind: "adopt", mark: { managedBy, type, adopted: true } };
    return refuse("it exists and bears no mark of a deployment", "protocol.ownership.unmarked", "adopt = true");
  }
  if (found.managedBy === adoptFrom) {
    // Whoever took it over in the first place had not made it either.
    return { kind: "adopt", mark: { managedBy, type, ...(found.adopted && { adopted: true }) } };
  }
  return refuse(
    `the deployment ${found.managedBy} manages it, not ${managedBy}`,
    "protocol.ownership.foreign",
    `adoptFrom = ${JSON.stringify(found.managedBy)}`,
  );
}

function refuse(reason: string, code: string, setting: string): Claim {
  const hint = `If this deployment is to take it over, set \`${setting}\` on this resource; else give it another name`;
  return { kind: "refused", error: new ProviderError(reason, { code, hint }) };
}
