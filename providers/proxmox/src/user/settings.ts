import type { Parameters } from "../api/reader.ts";
import { toFlag } from "../api/values.ts";
import { seenExpiration, toEpoch } from "../time.ts";
import type { Inputs } from "./inputs.ts";
import type { User } from "./look.ts";

/** Our inputs by Proxmox's parameters. */
export const names = {
  userid: "userId",
  email: "email",
  firstname: "firstName",
  lastname: "lastName",
  comment: "comment",
  groups: "groups",
  enable: "enabled",
  expire: "expiresAt",
};

/** The settings in the shape of the inputs. What is null is left as it is. */
export const seenSettings = (user: User, want: Inputs) => ({
  email: want.email === null ? null : user.email,
  firstName: want.firstName === null ? null : user.firstName,
  lastName: want.lastName === null ? null : user.lastName,
  comment: want.comment === null ? null : user.words,
  groups: want.groups === null || isSameSet(user.groups, want.groups) ? want.groups : [...user.groups],
  enabled: user.enabled,
  expiresAt: seenExpiration(user.expire, want.expiresAt),
});

/** Parameters for these inputs, without the comment, which contains the mark. Proxmox keeps what is left out. */
export function toParameters(want: Inputs, isWritten: (name: keyof Inputs) => boolean): Parameters {
  const { email, firstName, lastName, groups, enabled, expiresAt } = want;
  return {
    ...(isWritten("email") && email !== null && { email }),
    ...(isWritten("firstName") && firstName !== null && { firstname: firstName }),
    ...(isWritten("lastName") && lastName !== null && { lastname: lastName }),
    ...(isWritten("groups") && groups !== null && { groups: groups.join(",") }),
    ...(isWritten("enabled") && { enable: toFlag(enabled) }),
    ...(isWritten("expiresAt") && expiresAt !== null && { expire: toEpoch(expiresAt) }),
  };
}

const isSameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.every((one) => others.includes(one)) && others.every((one) => some.includes(one));
