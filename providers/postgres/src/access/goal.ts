import type { AccessList } from "./access-list.ts";
import { checkPrivileges, everyone, rightsOf, type Grants } from "./privileges.ts";
import type { Rights } from "./rights.ts";

/** Access lists of objects of one kind. */
export interface Access {
  readonly lists: readonly AccessList[];
  /** Every privilege that the server has for this kind of object. */
  readonly privileges: readonly string[];
}

/** The rights that access lists should have, and those that may be revoked to get there. */
export interface AccessGoal {
  /** Rights that every list should have. */
  want: Rights;
  /** Rights that are revoked unless wanted; `others` means all. The owner's rights are never revoked. */
  revocable: Rights | "others";
}

/** The goal of a grant. `previous` are the grants that it declared before, which it may revoke. */
export function goalOf(
  { privileges }: Access,
  want: { grants: Grants; exclusive: boolean },
  previous: Grants,
): AccessGoal {
  checkPrivileges(want.grants, privileges);
  return {
    want: rightsOf(want.grants, privileges),
    revocable: want.exclusive ? "others" : rightsOf(previous, privileges),
  };
}

/**
 * The current rights that concern the goal: wanted rights that every list has, and rights to revoke that any list has.
 */
export function seenRights({ lists }: Access, goal: AccessGoal): Rights {
  // A spared right is never fulfilled, so that the write, which rejects it, follows.
  const fulfilled = goal.want.filter((right) =>
    lists.every(({ rights, spared }) => rights.has(right) && !(right.grantee === everyone && spared.has(right))),
  );
  return lists.reduce((seen, list) => seen.with(superfluous(list, goal)), fulfilled);
}

/** Whether an object has a right that the goal concerns. True too if there are no objects, or no rights to have. */
export function countsAsExisting({ lists }: Access, goal: AccessGoal): boolean {
  const concerns = (list: AccessList): boolean =>
    missing(list, goal).size < goal.want.size || superfluous(list, goal).size > 0;
  return lists.length === 0 || goal.want.size === 0 || lists.some(concerns);
}

/** Rights of the list that the goal revokes, without the spared ones. */
export function superfluous({ rights, owner, spared }: AccessList, { want, revocable }: AccessGoal): Rights {
  return rights
    .without(want)
    .without(spared)
    .filter((right) => right.grantee !== owner && (revocable === "others" || revocable.has(right)));
}

/** Wanted rights that the list does not have. */
export const missing = ({ rights }: AccessList, { want }: AccessGoal): Rights => want.without(rights);
