import type { Access } from "../access.ts";
import { isKnownPath, normalizePath, splitTokenId, type SubjectKind } from "../acl.ts";
import type { Caller } from "../caller.ts";
import { anyone, modifiesPermissions } from "../permission-rules.ts";
import { within } from "./within.ts";
import { Parameters } from "../../http/parameters.ts";
import type { Call, Route } from "../../http/route.ts";
import { failure, forbidden, invalid, Refusal } from "../../refusal.ts";

/** Source: PVE/API2/ACL.pm, AccessControl.pm */
export const aclRoutes = (access: Access): readonly Route[] => [
  {
    method: "GET",
    path: "/access/acl",
    permission: anyone,
    answer: ({ caller }) => access.acl.rows.filter(({ path }) => mayModify(access, caller, path)),
  },
  { method: "PUT", path: "/access/acl", permission: modifiesPermissions, answer: (call) => updateAcl(access, call) },
  { method: "GET", path: "/access/permissions", permission: anyone, answer: (call) => readPermissions(access, call) },
];

function mayModify(access: Access, caller: Caller, path: string): boolean {
  try {
    modifiesPermissions(access, caller, new Parameters([["path", path]]));
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

interface Subject {
  readonly kind: SubjectKind;
  readonly name: string;
}

function updateAcl(access: Access, { caller, parameters }: Call): void {
  const kinds: readonly (readonly [string, SubjectKind])[] = [
    ["groups", "group"],
    ["users", "user"],
    ["tokens", "token"],
  ];
  const subjects = kinds.flatMap(([parameter, kind]) => parameters.list(parameter).map((name) => ({ kind, name })));
  if (subjects.length === 0) {
    const text = "either 'users', 'groups' or 'tokens' is required.";
    throw invalid({ users: text, groups: text, tokens: text });
  }
  const isDeletion = parameters.flag("delete");
  const path = normalizePath(parameters.required("path"));
  if (path === undefined || (!isDeletion && !isKnownPath(path))) {
    throw invalid({ path: `invalid ACL path '${parameters.required("path")}'` });
  }
  const propagates = parameters.has("propagate") ? parameters.flag("propagate") : true;
  within("ACL update", () => {
    // A call that fails has written nothing: user.cfg is written once, at the end.
    for (const role of parameters.list("roles")) {
      access.roles.role(role);
      checkMayHandOut(access, caller, path, role, { propagates, isDeletion });
      for (const subject of subjects) checkExists(access, subject);
    }
    for (const role of parameters.list("roles")) {
      for (const subject of subjects) {
        if (isDeletion) access.acl.remove(path, subject.kind, subject.name, role);
        else access.acl.set(path, subject.kind, subject.name, role, propagates);
      }
    }
  });
}

/** Without Permissions.Modify a caller hands out only what it has. */
function checkMayHandOut(
  access: Access,
  caller: Caller,
  path: string,
  role: string,
  { propagates, isDeletion }: { propagates: boolean; isDeletion: boolean },
): void {
  const own = access.permissions.granted(caller.name, path);
  if (own.has("Permissions.Modify")) return;
  const verb = isDeletion ? "remove" : "add";
  const privileges = [...access.roles.role(role)];
  if (role === "NoAccess") throw invalid({ role: `Cannot ${verb} role '${role}' - requires 'Permissions.Modify'` });
  if (privileges.some((privilege) => !own.has(privilege))) {
    throw invalid({
      role: `Cannot ${verb} role '${role}' - requires 'Permissions.Modify' or superset of privileges.`,
    });
  }
  if (propagates && !isDeletion && privileges.some((privilege) => own.get(privilege) === false)) {
    throw invalid({
      role: `Cannot ${verb} role '${role}' with propagation - requires 'Permissions.Modify' or propagated superset of privileges.`,
    });
  }
}

function checkExists(access: Access, { kind, name }: Subject): void {
  const { accounts } = access;
  if (kind === "group" && !accounts.groups.has(name)) throw failure(`group '${name}' does not exist`);
  if (kind === "user" && !accounts.users.has(name)) throw failure(`user '${name}' does not exist`);
  if (kind === "token") accounts.token(...splitTokenId(name));
}

function readPermissions(access: Access, { caller, parameters }: Call): unknown {
  const name = parameters.text("userid") ?? caller.name;
  const isOwn = name === caller.name || name.startsWith(`${caller.name}!`);
  if (!isOwn && !access.permissions.has(caller, "/access", "Sys.Audit")) throw forbidden("/access, Sys.Audit");
  const path = parameters.text("path");
  if (path === undefined) return Object.fromEntries([...access.permissions.effective(name)].map(asNumbers));
  const normalized = normalizePath(path);
  if (normalized === undefined) throw failure(`invalid path - ${path}`);
  return Object.fromEntries([asNumbers([normalized, access.permissions.granted(name, normalized)])]);
}

/** 1 = propagates. */
const asNumbers = ([path, granted]: readonly [string, ReadonlyMap<string, boolean>]): [
  string,
  Record<string, 0 | 1>,
] => [
  path,
  Object.fromEntries([...granted].map(([privilege, propagates]): [string, 0 | 1] => [privilege, propagates ? 1 : 0])),
];
