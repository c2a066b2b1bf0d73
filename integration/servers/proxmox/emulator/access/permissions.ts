import { splitTokenId, type Acl } from "./acl.ts";
import type { Accounts } from "./accounts.ts";
import type { Caller } from "./caller.ts";
import type { Pools } from "./pools.ts";
import { privileges } from "./privileges.ts";
import type { Roles } from "./roles.ts";
import { forbidden } from "../refusal.ts";

/** Privileges, each with whether it propagates. */
type Granted = ReadonlyMap<string, boolean>;

/** What users and tokens may do. Source: PVE/RPCEnvironment.pm */
export class Permissions {
  readonly #accounts: Accounts;
  readonly #roles: Roles;
  readonly #acl: Acl;
  readonly #pools: Pools;

  constructor(accounts: Accounts, roles: Roles, acl: Acl, pools: Pools) {
    this.#accounts = accounts;
    this.#roles = roles;
    this.#acl = acl;
    this.#pools = pools;
  }

  /** The privileges of a user or token at a path. A token with privsep=1 has what both it and its user have. */
  granted(name: string, path: string): Granted {
    if (name === "root@pam") return new Map(privileges.map((privilege) => [privilege, true]));
    if (!name.includes("!")) return this.#privilegesAt(name, path);
    const [user, tokenId] = splitTokenId(name);
    const token = this.#accounts.users.get(user)?.tokens.get(tokenId);
    if (token === undefined) return new Map();
    const ofUser = this.granted(user, path);
    if (!token.privsep) return ofUser;
    const ofToken = this.#privilegesAt(name, path);
    return new Map(
      [...ofToken].flatMap(([privilege, propagates]) => {
        const ofBoth = ofUser.get(privilege);
        return ofBoth === undefined ? [] : [[privilege, ofBoth && propagates] as const];
      }),
    );
  }

  has(caller: Caller, path: string, privilege: string): boolean {
    return this.granted(caller.name, path).has(privilege);
  }

  hasAny(caller: Caller, path: string, names: readonly string[]): boolean {
    const granted = this.granted(caller.name, path);
    return names.some((name) => granted.has(name));
  }

  /** Throws the first privilege that is missing. */
  require(caller: Caller, path: string, ...names: readonly string[]): void {
    const granted = this.granted(caller.name, path);
    const missing = names.find((name) => !granted.has(name));
    if (missing !== undefined) throw forbidden(`${path}, ${missing}`);
  }

  requireAny(caller: Caller, path: string, names: readonly string[]): void {
    if (!this.hasAny(caller, path, names)) throw forbidden(`${path}, ${names.join("|")}`);
  }

  /** All paths where the user or token has privileges. Source: get_effective_permissions */
  effective(name: string): Map<string, Granted> {
    const members = this.#pools.names.flatMap((pool) => {
      const { vms, storages } = this.#pools.pool(pool);
      return [...[...vms].map((vmid) => `/vms/${vmid}`), ...[...storages].map((storage) => `/storage/${storage}`)];
    });
    const tops = ["/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms"];
    const paths = [...new Set([...tops, ...this.#acl.paths, ...members])];
    return new Map(paths.map((path) => [path, this.granted(name, path)] as const).filter(([, { size }]) => size > 0));
  }

  #privilegesAt(name: string, path: string): Granted {
    const result = new Map<string, boolean>();
    for (const [role, propagates] of this.#rolesWithPools(name, path)) {
      for (const privilege of this.#roles.find(role) ?? []) {
        result.set(privilege, result.get(privilege) === true || propagates);
      }
    }
    return result;
  }

  /** Roles of a pool never propagate, and are weaker than NoAccess at the path. Source: compile_acl_path */
  #rolesWithPools(name: string, path: string): ReadonlyMap<string, boolean> {
    const roles = this.#rolesAt(name, path);
    const ofPools = this.#pools.names
      .filter((pool) => this.#isMember(pool, path))
      .flatMap((pool) => [...this.#rolesAt(name, `/pool/${pool}`).keys()]);
    if (ofPools.length === 0 || roles.has("NoAccess")) return roles;
    if (ofPools.includes("NoAccess")) return new Map([["NoAccess", false]]);
    return new Map([...ofPools.map((role) => [role, false] as const), ...roles]);
  }

  #isMember(pool: string, path: string): boolean {
    const [, kind, member = ""] = /^\/(vms|storage)\/([^/]+)$/.exec(path) ?? [];
    if (kind === "vms") return this.#pools.poolOf(Number(member)) === pool;
    return kind === "storage" && this.#pools.pool(pool).storages.has(member);
  }

  /** The roles along the way to a path: those further down replace those further up. Source: roles */
  #rolesAt(name: string, path: string): ReadonlyMap<string, boolean> {
    const parts = path === "/" ? [] : path.split("/").slice(1);
    let roles: ReadonlyMap<string, boolean> = new Map();
    for (let depth = 0; depth <= parts.length; depth++) {
      const here = `/${parts.slice(0, depth).join("/")}`;
      roles = this.#rolesHere(name, here, depth === parts.length) ?? roles;
    }
    return roles.has("NoAccess") ? new Map([["NoAccess", roles.get("NoAccess") === true]]) : roles;
  }

  #rolesHere(name: string, path: string, isFinal: boolean): ReadonlyMap<string, boolean> | undefined {
    if (name.includes("!")) return this.#acl.rolesAt(path, "token", name, isFinal);
    const own = this.#acl.rolesAt(path, "user", name, isFinal);
    if (own !== undefined) return own;
    const groups = this.#acl
      .groupsAt(path)
      .filter((group) => this.#accounts.users.get(name)?.groups.has(group) === true);
    const roles = groups.flatMap((group) => [...(this.#acl.rolesAt(path, "group", group, isFinal) ?? [])]);
    return roles.length === 0 ? undefined : new Map(roles);
  }
}
