import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import type { Stored } from "../stored.ts";
import { isSharedNote, ownersOf } from "./owner-line.ts";

/** Throws if a set is shared: a resource that declares whole sets would remove the values of others. */
export function refuseShared({ name, type, note }: Stored, what: string): void {
  if (!isSharedNote(note)) return;
  throw failure(
    `${displayName(name)} ${type} is a shared set with values of ${ownersOf(note)}, and ${what} declares the whole set`,
    "dns.rrset.shared",
    "Declare the values as an `rrset` with `shared = true`, or remove the others from the set first",
  );
}
