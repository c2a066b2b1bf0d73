import { failure } from "../refusal.ts";

export type SubjectKind = "user" | "group" | "token";

/** The roles of one subject at one path, each with whether it propagates. */
type RoleFlags = Map<string, boolean>;

interface PathEntries {
  readonly user: Map<string, RoleFlags>;
  readonly group: Map<string, RoleFlags>;
  readonly token: Map<string, RoleFlags>;
}

export interface AclRow {
  readonly path: string;
  readonly type: SubjectKind;
  readonly ugid: string;
  readonly roleid: string;
  readonly propagate: 0 | 1;
}

/** Access control lists by path. Source: PVE/AccessControl.pm */
export class Acl {
  readonly #paths = new Map<string, PathEntries>();

  get paths(): readonly string[] {
    return [...this.#paths.keys()].sort();
  }

  get rows(): AclRow[] {
    const kinds: readonly SubjectKind[] = ["user", "group", "token"];
    return this.paths.flatMap((path) =>
      kinds.flatMap((type) =>
        [...(this.#paths.get(path)?.[type] ?? [])].flatMap(([ugid, roles]) =>
          [...roles].map(([roleid, propagate]): AclRow => ({ path, type, ugid, roleid, propagate: propagate ? 1 : 0 })),
        ),
      ),
    );
  }

  set(path: string, kind: SubjectKind, subject: string, role: string, propagate: boolean): void {
    const entries = this.#paths.get(path) ?? { user: new Map(), group: new Map(), token: new Map() };
    this.#paths.set(path, entries);
    const roles: RoleFlags = entries[kind].get(subject) ?? new Map<string, boolean>();
    entries[kind].set(subject, roles.set(role, propagate));
  }

  remove(path: string, kind: SubjectKind, subject: string, role: string): void {
    this.#removeWhere((row) => row.path === path && row.type === kind && row.ugid === subject && row.roleid === role);
  }

  /** A role in use can be deleted; its entries vanish. Reference: section 13, accounts */
  removeRole(role: string): void {
    this.#removeWhere(({ roleid }) => roleid === role);
  }

  removeSubject(kind: SubjectKind, subject: string): void {
    this.#removeWhere((row) => row.type === kind && row.ugid === subject);
  }

  removePath(path: string): void {
    this.#paths.delete(path);
  }

  /** The roles of a subject at one path that count there: at the end of the way down (`isFinal`), all. */
  rolesAt(path: string, kind: SubjectKind, subject: string, isFinal: boolean): Map<string, boolean> | undefined {
    const roles = [...(this.#paths.get(path)?.[kind].get(subject) ?? [])].filter(
      ([, propagate]) => isFinal || propagate,
    );
    return roles.length === 0 ? undefined : new Map(roles);
  }

  groupsAt(path: string): readonly string[] {
    return [...(this.#paths.get(path)?.group.keys() ?? [])];
  }

  #removeWhere(isGone: (row: AclRow) => boolean): void {
    for (const row of this.rows.filter(isGone)) {
      const entries = this.#paths.get(row.path);
      const roles = entries?.[row.type].get(row.ugid);
      roles?.delete(row.roleid);
      if (roles?.size === 0) entries?.[row.type].delete(row.ugid);
      if (entries !== undefined && [entries.user, entries.group, entries.token].every(({ size }) => size === 0)) {
        this.#paths.delete(row.path);
      }
    }
  }
}

/** A path without repeated or final slashes; undefined if it has other characters. Source: normalize_path */
export function normalizePath(path: string): string | undefined {
  const short = path.replaceAll(/\/+/g, "/").replace(/\/$/, "");
  const rooted = short.startsWith("/") ? short : `/${short}`;
  return /^[A-Za-z0-9.\-_/]+$/.test(rooted) ? rooted : undefined;
}

const id = String.raw`[A-Za-z0-9.\-_]+`;
const kinds = [
  "",
  `access(/(groups|realm)(/${id})?)?`,
  `nodes(/${id})?`,
  `pool(/${id}(/${id}){0,2})?`,
  `sdn(/(zones(/${id}(/${id}(/[1-9][0-9]{0,3})?)?)?|(controllers|dns|fabrics|ipams|prefix-lists|route-maps)(/${id})?))?`,
  `storage(/${id})?`,
  "vms(/[1-9][0-9]{2,})?",
  `mapping(/${id}(/${id})?)?`,
];

/** Whether privileges can be granted at such a path; what it names may be missing. Source: check_path */
export const isKnownPath = (path: string): boolean => new RegExp(`^/(${kinds.join("|")})$`).test(path);

/** Source: PVE/AccessControl.pm: split_tokenid */
export function splitTokenId(fullId: string): [string, string] {
  const [, user, token] = /^(.+)!([^!]+)$/.exec(fullId) ?? [];
  if (user === undefined || token === undefined) {
    throw failure(`'${fullId}' is not a valid token ID - not able to split into user and token parts`);
  }
  return [user, token];
}
