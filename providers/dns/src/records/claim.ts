import type { Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { displayName } from "../name.ts";
import { detailOf, markOf, noteFor } from "../note/note.ts";
import { refuseShared } from "../note/refuse-shared.ts";
import { isPresent, type Stored } from "../stored.ts";

/** The detail in the note of a record set that names the records it belongs to. */
const membership = "records";

/** The records that claim record sets as members. */
export interface Claimant {
  readonly name: string;
  readonly managedBy: string;
  readonly adopt: boolean;
  readonly adoptFrom: string | null;
}

export const isMember = (stored: Stored, { name, managedBy }: Claimant): boolean =>
  markOf(stored)?.managedBy === managedBy && detailOf(stored, membership) === name;

/** The note of a member. Throws if the record set belongs to another owner and may not be taken over. */
export function membershipOf(stored: Stored, claimant: Claimant): string {
  const { name, managedBy, adopt, adoptFrom } = claimant;
  refuseShared(stored, `the records ${name}`);
  const found = markOf(stored);
  const isFree = !isPresent(stored);
  const isOurs = isMember(stored, claimant);
  const mayTakeOver = found === undefined ? adopt : found.managedBy === adoptFrom;
  if (!isFree && !isOurs && !mayTakeOver) throw notOurs(stored, claimant);
  // An unmarked set becomes adopted; a set of another deployment is adopted only if it already was.
  const isAdopted = !isFree && (found === undefined || found.adopted === true);
  const mark: Mark = { managedBy, type: "records", ...(isAdopted && { adopted: true }) };
  return noteFor(mark, [`${membership}=${name}`]);
}

/** An existing set that is not a member, if there is one: a set with another deployment's mark before an unmarked one. */
export function obstacleAmong(sets: readonly Stored[], claimant: Claimant): Stored | undefined {
  for (const stored of sets) refuseShared(stored, `the records ${claimant.name}`);
  const others = sets.filter((stored) => isPresent(stored) && !isMember(stored, claimant));
  const ours = others.find((stored) => markOf(stored)?.managedBy === claimant.managedBy);
  if (ours !== undefined) throw notOurs(ours, claimant);
  return others.find((stored) => markOf(stored) !== undefined) ?? others[0];
}

function notOurs(stored: Stored, { managedBy }: Claimant): Error {
  const what = `${displayName(stored.name)} ${stored.type}`;
  const mark = markOf(stored);
  if (mark === undefined) {
    return failure(
      `${what} exists and has no mark of a deployment`,
      "dns.rrset.taken",
      "Set `adopt = true` on these records to take it over, or remove it from `rrsets`",
    );
  }
  if (mark.managedBy === managedBy) {
    const set = detailOf(stored, membership);
    return failure(
      `${what} belongs to ${set === undefined ? "an `rrset`" : `the records ${set}`} of this deployment`,
      "dns.rrset.taken",
      "Declare it in one resource only, or all of its values as `rrset` with `shared = true`",
    );
  }
  return failure(
    `the deployment ${mark.managedBy} manages ${what}, not ${managedBy}`,
    "dns.rrset.taken",
    `Set \`adoptFrom = "${mark.managedBy}"\` on these records to take it over, or remove it from \`rrsets\`; if each deployment owns some of the values, declare them as \`rrset\` with \`shared = true\` in both`,
  );
}
