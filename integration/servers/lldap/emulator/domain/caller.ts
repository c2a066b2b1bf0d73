/** Source: crates/access-control/src/lib.rs: get_permissions_from_groups; the first group that applies counts. */
export type Permission = "admin" | "password manager" | "strict readonly" | "regular";

/** Who sends a request, with the permission of the time of the login. */
export interface Caller {
  readonly userId: string;
  readonly permission: Permission;
}

export const adminGroup = "lldap_admin";
export const passwordManagerGroup = "lldap_password_manager";
export const readonlyGroup = "lldap_strict_readonly";

export function permissionOf(groups: readonly string[]): Permission {
  const isIn = (name: string): boolean => groups.some((group) => group.toLowerCase() === name);
  if (isIn(adminGroup)) return "admin";
  if (isIn(passwordManagerGroup)) return "password manager";
  return isIn(readonlyGroup) ? "strict readonly" : "regular";
}

// The next four: crates/auth/src/access_control.rs

export const isAdmin = ({ permission }: Caller): boolean => permission === "admin";

export const canReadAll = ({ permission }: Caller): boolean => permission !== "regular";

export const canRead = (caller: Caller, userId: string): boolean => canReadAll(caller) || caller.userId === userId;

export const canWrite = (caller: Caller, userId: string): boolean => isAdmin(caller) || caller.userId === userId;

export const canChangePassword = (caller: Caller, userId: string, isOfAdmin: boolean): boolean =>
  canWrite(caller, userId) || (caller.permission === "password manager" && !isOfAdmin);
