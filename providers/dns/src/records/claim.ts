import type { Mark } from "@nixops4-resources/protocol-core";
import type { Stored } from "../backend.ts";
import { failure } from "../failure.ts";
import { textOf } from "../name.ts";
import { isThere, markOf, noteFor, wordOf } from "../note/note.ts";

/** The word beside a record set that names the records that it is one of. */
const membership = "records";

/** Whose record sets are to become members of which records. */
export interface Claimant {
  readonly name: string;
  readonly managedBy: string;
  readonly adopt: boolean;
  readonly adoptFrom: string | null;
}

export const isMember = (stored: Stored, { name, managedBy }: Claimant): boolean =>
  markOf(stored)?.managedBy === managedBy && wordOf(stored, membership) === name;

/** What stands beside a record set once it is a member. Throws where it is somebody else's and may not be taken over. */
export function membershipOf(stored: Stored, claimant: Claimant): string {
  const { name, managedBy, adopt, adoptFrom } = claimant;
  const found = markOf(stored);
  const isFree = !isThere(stored);
  const isOurs = isMember(stored, claimant);
  const isTaken = found === undefined ? adopt : found.managedBy === adoptFrom;
  if (!isFree && !isOurs && !isTaken) throw notOurs(stored, claimant);
  // What another deployment had made is made by a deployment; what bore no mark was made by somebody.
  const isAdopted = !isFree && (found === undefined || found.adopted === true);
  const mark: Mark = { managedBy, type: "records", ...(isAdopted && { adopted: true }) };
  return noteFor(mark, [`${membership}=${name}`]);
}

/** The record set that stands in the way of making the records anew, if one does: a foreign one before one without a mark. */
export function inTheWay(sets: readonly Stored[], claimant: Claimant): Stored | undefined {
  const others = sets.filter((stored) => isThere(stored) && !isMember(stored, claimant));
  const ours = others.find((stored) => markOf(stored)?.managedBy === claimant.managedBy);
  if (ours !== undefined) throw notOurs(ours, claimant);
  return others.find((stored) => markOf(stored) !== undefined) ?? others[0];
}

function notOurs(stored: Stored, { managedBy }: Claimant): Error {
  const what = `${textOf(stored.name)} ${stored.type}`;
  const mark = markOf(stored);
  if (mark === undefined) {
    return failure(
      `${what} exists and bears no mark of a deployment`,
      "dns.rrset.taken",
      "If it is to be taken over, set `adopt = true` on these records; else leave it out",
    );
  }
  const set = wordOf(stored, membership);
  return failure(
    mark.managedBy === managedBy
      ? `${what} belongs to ${set === undefined ? "an `rrset`" : `the records ${set}`} of this deployment`
      : `the deployment ${mark.managedBy} manages ${what}, not ${managedBy}`,
    "dns.rrset.taken",
    mark.managedBy === managedBy
      ? "Declare it once"
      : `If it is to be taken over, set \`adoptFrom = "${mark.managedBy}"\` on these records; else leave it out`,
  );
}
