import type { CommonInputs } from "../resource/common-inputs.ts";
import { ProviderError } from "../report/error.ts";
import { takenOver, type Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";

/** What a deployment may do with an existing object. */
export type Claim = PermittedClaim | { kind: "refused"; error: ProviderError };
export type PermittedClaim = { kind: "ours" } | { kind: "adopt"; mark: Mark };

/** Decides who may change an object. One without marks belongs to each deployment that declares it (docs/adr/003-ownership.md). */
export function claim(resource: AnyResource, want: AnyWant, found: Mark | undefined): Claim {
  const { managedBy, adopt, adoptFrom }: CommonInputs = want;
  const { type } = resource;
  const refuse = (reason: string, code: string, setting: string, more?: string): Claim => {
    const otherwise = resource.insteadOfTakeover?.(want) ?? "give the resource another name";
    const hint = `Set \`${setting}\` on this resource to take it over, or ${otherwise}${more ? `. ${more}` : ""}`;
    return { kind: "refused", error: new ProviderError(reason, { code, hint }) };
  };
  if (resource.setMark === undefined || found?.managedBy === managedBy) return { kind: "ours" };
  const permitted = found === undefined ? adopt : found.managedBy === adoptFrom;
  if (permitted) return { kind: "adopt", mark: takenOver({ ...found, type }, managedBy) };
  if (found === undefined)
    return refuse("it exists and carries no mark of a deployment", "protocol.ownership.unmarked", "adopt = true");
  return refuse(
    `the deployment ${found.managedBy} manages it, not ${managedBy}`,
    "protocol.ownership.foreign",
    `adoptFrom = ${JSON.stringify(found.managedBy)}`,
    resource.hintOfRestore?.(want, found.managedBy),
  );
}
