// Loaded on demand: a request that succeeds does not need it.
import { ProviderError } from "../report/error.ts";
import type { Mark } from "../resource/mark.ts";
import type { AnyResource } from "../resource/resource.ts";
import type { AnyWant } from "./inputs.ts";

/** Why an existing object with this mark must not be changed, and how to take it over. */
export function refusedClaim(resource: AnyResource, want: AnyWant, found: Mark | undefined): ProviderError {
  const otherwise = resource.insteadOfTakeover?.(want) ?? "give the resource another name";
  const refuse = (reason: string, code: string, setting: string, more = ""): ProviderError =>
    new ProviderError(reason, {
      code,
      hint: `Set \`${setting}\` on this resource to take it over, or ${otherwise}${more}`,
    });
  if (found === undefined)
    return refuse("it exists and carries no mark of a deployment", "protocol.ownership.unmarked", "adopt = true");
  const restore = resource.hintOfRestore?.(want, found.managedBy);
  return refuse(
    `the deployment ${found.managedBy} manages it, not ${want.managedBy}`,
    "protocol.ownership.foreign",
    `adoptFrom = ${JSON.stringify(found.managedBy)}`,
    restore === undefined ? "" : `. ${restore}`,
  );
}
