import type { Access } from "../access.ts";
import type { Caller } from "../caller.ts";
import { all, any, anyone } from "../permission-rules.ts";
import { within } from "./within.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Route } from "../../http/route.ts";
import { failure, invalid } from "../../refusal.ts";

const modify = all("/access", "Sys.Modify");
const groupModify = all("/access/groups", "Group.Allocate");

/** Roles and groups. Source: PVE/API2/Role.pm, Group.pm */
export const roleRoutes = (access: Access): readonly Route[] => [
  {
    method: "GET",
    path: "/access/roles",
    permission: anyone,
    answer: () =>
      access.roles.names.map((roleid) => ({
        roleid,
        privs: [...(access.roles.find(roleid) ?? [])].sort().join(","),
        special: access.roles.isBuiltIn(roleid) ? 1 : 0,
      })),
  },
  {
    method: "GET",
    path: "/access/roles/{roleid}",
    permission: anyone,
    answer: ({ parameters }) =>
      Object.fromEntries([...access.roles.role(parameters.required("roleid"))].map((privilege) => [privilege, 1])),
  },
  {
    method: "POST",
    path: "/access/roles",
    permission: modify,
    answer: ({ parameters }) => createRole(access, parameters),
  },
  {
    method: "PUT",
    path: "/access/roles/{roleid}",
    permission: modify,
    answer: ({ parameters }) => updateRole(access, parameters),
  },
  {
    method: "DELETE",
    path: "/access/roles/{roleid}",
    permission: modify,
    answer: ({ parameters }) => deleteRole(access, parameters.required("roleid")),
  },
  { method: "GET", path: "/access/groups", permission: anyone, answer: ({ caller }) => listGroups(access, caller) },
  {
    method: "GET",
    path: "/access/groups/{groupid}",
    permission: any("/access/groups", "Sys.Audit", "Group.Allocate"),
    answer: ({ parameters }) => {
      const group = existingGroup(access, parameters);
      return { ...commentOf(access, group), members: membersOf(access, group) };
    },
  },
  {
    method: "POST",
    path: "/access/groups",
    permission: groupModify,
    answer: ({ parameters }) =>
      within("create group", () => {
        const group = parameters.required("groupid");
        if (access.accounts.groups.has(group)) throw failure(`group '${group}' already exists`);
        access.accounts.groups.set(group, parameters.text("comment") || undefined);
      }),
  },
  {
    method: "PUT",
    path: "/access/groups/{groupid}",
    permission: groupModify,
    answer: ({ parameters }) =>
      within("update group", () => {
        const group = existingGroup(access, parameters);
        if (parameters.has("comment")) access.accounts.groups.set(group, parameters.text("comment") || undefined);
      }),
  },
  {
    method: "DELETE",
    path: "/access/groups/{groupid}",
    permission: groupModify,
    answer: ({ parameters }) =>
      within("delete group", () => {
        const group = existingGroup(access, parameters);
        access.accounts.groups.delete(group);
        for (const { groups } of access.accounts.users.values()) groups.delete(group);
        access.acl.removeSubject("group", group);
      }),
  },
];

function createRole(access: Access, parameters: Parameters): void {
  const role = parameters.required("roleid");
  if (/^pve/i.test(role)) {
    throw invalid({ roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace" });
  }
  within("create role", () => {
    if (access.roles.find(role) !== undefined) throw failure(`role '${role}' already exists`);
    access.roles.set(role, parameters.list("privs"));
  });
}

/** Replaces the privileges unless `append` is set. Reference: section 13, accounts */
function updateRole(access: Access, parameters: Parameters): void {
  const role = parameters.required("roleid");
  if (access.roles.isBuiltIn(role)) throw failure(`auto-generated role '${role}' cannot be modified`);
  within("update role", () => {
    const before = parameters.flag("append") ? access.roles.role(role) : [];
    access.roles.role(role);
    access.roles.set(role, [...before, ...parameters.list("privs")]);
  });
}

function deleteRole(access: Access, role: string): void {
  if (access.roles.isBuiltIn(role)) throw failure(`auto-generated role '${role}' cannot be deleted`);
  within("delete role", () => {
    access.roles.role(role);
    access.roles.delete(role);
    access.acl.removeRole(role);
  });
}

const commentOf = (access: Access, group: string): { comment?: string } => {
  const comment = access.accounts.groups.get(group);
  return comment === undefined ? {} : { comment };
};

const membersOf = (access: Access, group: string): string[] =>
  [...access.accounts.users].filter(([, { groups }]) => groups.has(group)).map(([name]) => name);

function existingGroup(access: Access, parameters: Parameters): string {
  const group = parameters.required("groupid");
  if (!access.accounts.groups.has(group)) throw failure(`group '${group}' does not exist`);
  return group;
}

function listGroups(access: Access, caller: Caller): unknown {
  return [...access.accounts.groups.keys()]
    .filter((group) =>
      access.permissions.hasAny(caller, `/access/groups/${group}`, ["User.Modify", "Sys.Audit", "Group.Allocate"]),
    )
    .map((groupid) => ({ groupid, ...commentOf(access, groupid), users: membersOf(access, groupid).join(",") }));
}
