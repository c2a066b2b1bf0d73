import { refuseShared } from "../note/refuse-shared.ts";
import { managedType } from "../record-set/managed-type.ts";
import type { WantedSet } from "../record-set/record-set.ts";
import { canonicalValues } from "../record-set/value.ts";
import type { Stored } from "../stored.ts";
import type { Wanted } from "./inputs.ts";
import { valuesOf } from "./shared.ts";

/** Which records of a set a resource owns: all of them, or in a shared set its own values. */
export interface Ownership {
  /**
   * The records that the resource owns or would take over, with their owner's mark, as if they were the whole set. Throws if
   * the set belongs to others in a way that excludes the resource.
   */
  ownIn(stored: Stored): Stored;
  /**
   * The whole set, with these records instead of those that `ownIn` returns. Throws if they cannot be in one set with the
   * records of others.
   */
  replacedIn(stored: Stored, own: Stored): Stored;
}

/** `former` is what the resource declared before, or was seen to own. */
export const ownershipOf = (
  { shared, part, managedBy }: Wanted,
  { type, values }: WantedSet,
  former: Partial<Pick<Wanted, "type" | "values">> = {},
): Ownership =>
  shared
    ? valuesOf({ managedBy, part, values, former: part === null ? formerValues({ type, ...former }) : [] })
    : wholeSet;

const formerValues = ({ type, values = [] }: { type: string; values?: Wanted["values"] }): string[] =>
  canonicalValues(managedType(type), values, "values");

const wholeSet: Ownership = {
  ownIn(stored) {
    refuseShared(stored, "this resource");
    return stored;
  },
  replacedIn: (_stored, own) => own,
};
