import { normalizePath } from "./acl.ts";
import type { Access } from "./access.ts";
import { isRoot, type Caller } from "./caller.ts";
import type { Parameters } from "../http/parameters.ts";
import { failure, forbidden, Refusal } from "../refusal.ts";

/**
 * Throws unless the caller may call a method with these parameters, which are not verified yet. Source:
 * PVE/RPCEnvironment.pm: exec_api2_perm_check
 */
export type Permission = (access: Access, caller: Caller, parameters: Parameters) => void;

/** Every user and token may call the method, which checks the rest itself. */
export const anyone: Permission = () => undefined;

/** Callers without a login, too. */
export const world: Permission = () => undefined;

function pathOf(template: string, parameters: Parameters): string | undefined {
  return normalizePath(template.replaceAll(/\{([\w-]+)\}/g, (_, name: string) => parameters.text(name) ?? ""));
}

/** All privileges at a path. A path with forbidden characters has no privileges, for root either. */
export const all =
  (template: string, ...privileges: readonly string[]): Permission =>
  (access, caller, parameters) => {
    const path = pathOf(template, parameters);
    if (path === undefined) throw forbidden(`, ${privileges[0]}`);
    access.permissions.require(caller, path, ...privileges);
  };

export const any =
  (template: string, ...privileges: readonly string[]): Permission =>
  (access, caller, parameters) => {
    const path = pathOf(template, parameters);
    if (path === undefined) throw forbidden(`, ${privileges.join("|")}`);
    access.permissions.requireAny(caller, path, privileges);
  };

/** A rule that applies only if a parameter is set, and refuses otherwise. */
export const withParameter =
  (name: string, rule: Permission): Permission =>
  (access, caller, parameters) => {
    if (!parameters.has(name)) throw forbidden();
    rule(access, caller, parameters);
  };

export const both =
  (...rules: readonly Permission[]): Permission =>
  (access, caller, parameters) => {
    for (const rule of rules) rule(access, caller, parameters);
  };

/** One of the rules. The error names no path. */
export const either =
  (...rules: readonly Permission[]): Permission =>
  (access, caller, parameters) => {
    if (!rules.some((rule) => isAllowed(rule, access, caller, parameters))) throw forbidden();
  };

function isAllowed(rule: Permission, access: Access, caller: Caller, parameters: Parameters): boolean {
  try {
    rule(access, caller, parameters);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

/** The user itself; its tokens are others. */
export const self: Permission = (access, caller, parameters) => {
  const userId = parameters.text("userid") ?? "";
  access.accounts.user(userId);
  if (caller.name !== userId) throw forbidden();
};

export const allocatesUsersOfRealm: Permission = (access, caller, parameters) => {
  const [, realm] = /@([^@]+)$/.exec(parameters.text("userid") ?? "") ?? [];
  if (realm === undefined) throw failure(`value '${parameters.text("userid")}' does not look like a valid user name`);
  access.permissions.require(caller, `/access/realm/${realm}`, "Realm.AllocateUser");
};

/** Privileges on all groups, or on those of the user. Source: the test `userid-group` */
export const onGroupsOfUser =
  (privileges: readonly string[], groups?: "create" | "update"): Permission =>
  (access, caller, parameters) => {
    const userId = parameters.text("userid") ?? "";
    if (groups !== "create") access.accounts.user(userId);
    const { permissions } = access;
    if (permissions.hasAny(caller, "/access/groups", privileges)) return;
    const managed = [...access.accounts.groups.keys()].filter((group) =>
      permissions.hasAny(caller, `/access/groups/${group}`, privileges),
    );
    if (groups !== undefined) {
      const named = parameters.list("groups");
      if (named.length === 0) throw forbidden(`/access/groups, ${privileges.join("|")}`);
      const foreign = named.find((group) => !managed.includes(group));
      if (foreign !== undefined) throw forbidden(`/access/groups/${foreign}, ${privileges.join("|")}`);
    }
    if (groups === "create") return;
    const memberships = access.accounts.users.get(userId)?.groups ?? new Set<string>();
    if (!managed.some((group) => memberships.has(group))) throw forbidden();
  };

/** May change privileges at the path of the parameter `path`. Source: check_perm_modify */
export const modifiesPermissions: Permission = (access, caller, parameters) => {
  const path = normalizePath(parameters.text("path") ?? "");
  // The method itself rejects such a path.
  if (path === undefined) return;
  const kind = /^\/(storage|vms|pool)\/./.exec(path)?.[1];
  const more = { storage: ["Datastore.Allocate"], vms: ["VM.Allocate"], pool: ["Pool.Allocate"] };
  const own = kind === "storage" || kind === "vms" || kind === "pool" ? more[kind] : [];
  access.permissions.requireAny(caller, path, ["Permissions.Modify", ...own]);
};

/** Checks a method's permission; root@pam itself, but no token of it, may do everything. */
export function checkPermission(rule: Permission, access: Access, caller: Caller, parameters: Parameters): void {
  if (!isRoot(caller)) rule(access, caller, parameters);
}
