import type { ApiBucket, Permissions } from "../admin/shapes.ts";
import type { Inputs, KeyGrant } from "./inputs.ts";

/** The permissions that keys should have on a bucket, and those that may be revoked to get there. */
export interface Goal {
  readonly wanted: readonly KeyGrant[];
  /** Of keys that are not wanted; `others` means all. */
  readonly revocable: readonly KeyGrant[] | "others";
}

/** What one key gets and loses. */
export interface KeyChange {
  readonly accessKeyId: string;
  readonly allow: Permissions;
  readonly deny: Permissions;
}

const none: Permissions = { read: false, write: false, owner: false };

/** `previous` are the keys that the grant declared before, whose permissions it may revoke. */
export const goalOf = ({ keys, exclusive, sealed }: Inputs, previous: readonly KeyGrant[]): Goal => ({
  wanted: keys,
  revocable: exclusive || sealed ? "others" : previous,
});

/** The differences between the bucket and the goal: at first the wanted keys, then keys that only lose permissions. */
export function changesTo(bucket: ApiBucket, goal: Goal): KeyChange[] {
  const own = goal.wanted.map(({ accessKeyId, ...wanted }) => {
    const current = permissionsOf(bucket, accessKeyId);
    return { accessKeyId, allow: without(wanted, current), deny: without(current, wanted) };
  });
  const others = superfluous(bucket, goal).map(({ accessKeyId, ...deny }) => ({ accessKeyId, allow: none, deny }));
  return [...own, ...others].filter(({ allow, deny }) => isAny(allow) || isAny(deny));
}

/** Permissions that the goal revokes from keys that are not wanted. */
function superfluous(bucket: ApiBucket, { wanted, revocable }: Goal): KeyGrant[] {
  const isWanted = new Set(wanted.map(({ accessKeyId }) => accessKeyId));
  return bucket.keys
    .filter(({ accessKeyId }) => !isWanted.has(accessKeyId))
    .map(({ accessKeyId, permissions }) => {
      const limit = revocable === "others" ? permissions : revocable.find((key) => key.accessKeyId === accessKeyId);
      return { accessKeyId, ...both(permissions, limit ?? none) };
    })
    .filter(isAny)
    .toSorted((one, other) => (one.accessKeyId < other.accessKeyId ? -1 : 1));
}

/** The keys that concern the goal in the form of the input: the wanted ones in their order, then those to revoke. */
export const seenKeys = (bucket: ApiBucket, goal: Goal): KeyGrant[] => [
  ...goal.wanted
    .map(({ accessKeyId }) => ({ accessKeyId, ...permissionsOf(bucket, accessKeyId) }))
    .filter((permissions) => isAny(permissions)),
  ...superfluous(bucket, goal),
];

/** Whether a key has a permission that the goal concerns. True too if no key is wanted. */
export const countsAsExisting = (bucket: ApiBucket, goal: Goal): boolean =>
  goal.wanted.length === 0 ||
  goal.wanted.some((wanted) => isAny(both(wanted, permissionsOf(bucket, wanted.accessKeyId)))) ||
  superfluous(bucket, goal).length > 0;

/** Ids of all keys with this permission. */
export const keysWith = ({ keys }: ApiBucket, permission: keyof Permissions): string[] =>
  keys.flatMap(({ accessKeyId, permissions }) => (permissions[permission] ? [accessKeyId] : [])).toSorted();

export const permissionsOf = ({ keys }: ApiBucket, id: string): Permissions =>
  keys.find(({ accessKeyId }) => accessKeyId === id)?.permissions ?? none;

/** Permissions in both. */
export const both = (one: Permissions, other: Permissions): Permissions => ({
  read: one.read && other.read,
  write: one.write && other.write,
  owner: one.owner && other.owner,
});

/** Permissions in `one` and not in `other`. */
export const without = (one: Permissions, other: Permissions): Permissions => ({
  read: one.read && !other.read,
  write: one.write && !other.write,
  owner: one.owner && !other.owner,
});

export const isAny = ({ read, write, owner }: Permissions): boolean => read || write || owner;

/** `read and write` */
export const inWords = (permissions: Permissions): string =>
  (["read", "write", "owner"] as const).filter((name) => permissions[name]).join(" and ");
