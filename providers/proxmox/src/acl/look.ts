import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { listEntries, privilegesOn, type Entry } from "./entries.ts";
import { ownerOf, subjectsOf, type Inputs, type Subject } from "./inputs.ts";

/** What a look found of the entries that the inputs declare. */
export interface Look {
  /** Those that exist and that a destroy may delete. */
  readonly removable: readonly Entry[];
  /** Those whom a write must give the role, or another `propagate`. */
  readonly unsettled: readonly Subject[];
  /** The one value of `propagate` that all declared entries have; undefined if an entry is missing or differs. */
  readonly propagates: boolean | undefined;
}

/**
 * The entry of a token's user also serves other tokens of that user with the same role on the path. Then a destroy leaves
 * it, and it may propagate although this token's entry does not: the token has only what both have.
 */
export async function lookAt(client: ProxmoxReader, want: Inputs): Promise<Look> {
  const alike = (await listEntries(client)).filter(({ path, roleId }) => path === want.path && roleId === want.roleId);
  const isShared = want.token !== null && alike.some((entry) => isOtherToken(entry, want.token ?? ""));
  const isServing = ({ type }: Subject): boolean => isShared && type === "user";
  const all = subjectsOf(want).map((subject) => ({ subject, entry: alike.find((entry) => isOf(entry, subject)) }));
  const values = all.map(({ subject, entry }) =>
    entry !== undefined && isServing(subject) && entry.propagates ? want.propagate : entry?.propagates,
  );
  return {
    removable: all.flatMap(({ subject, entry }) => (entry === undefined || isServing(subject) ? [] : [entry])),
    unsettled: all.flatMap(({ subject }, index) => (values[index] === want.propagate ? [] : [subject])),
    propagates: values.every((value) => value === values[0]) ? values[0] : undefined,
  };
}

const isOf = (entry: Entry, { type, id }: Subject): boolean => entry.type === type && entry.subject === id;

const isOtherToken = ({ type, subject }: Entry, token: string): boolean =>
  type === "token" && subject !== token && ownerOf(subject) === ownerOf(token);

/** Proxmox lists only permissions that our token may change. What it does not list may exist, unless that is so. */
export async function requireSight(client: ProxmoxReader, path: string): Promise<void> {
  const privileges = await privilegesOn(client, path);
  const sufficient = ["Permissions.Modify", ...sufficientFor(path)];
  if (sufficient.some((privilege) => privileges.has(privilege))) return;
  throw failure(
    `the token of \`connection.token\` does not see the permissions on the path ${path}`,
    "proxmox.permission.denied",
    `Give the token, and its user, a role with Permissions.Modify on the path ${path}`,
  );
}

/** Source: PVE::RPCEnvironment::check_perm_modify */
function sufficientFor(path: string): readonly string[] {
  if (path.startsWith("/storage/")) return ["Datastore.Allocate"];
  if (path.startsWith("/vms/")) return ["VM.Allocate"];
  return path.startsWith("/pool/") ? ["Pool.Allocate"] : [];
}
