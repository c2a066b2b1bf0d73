import type { Access } from "../access.ts";
import type { Token, User } from "../accounts.ts";
import { allocatesUsersOfRealm, anyone, both, onGroupsOfUser } from "../permission-rules.ts";
import { within } from "./within.ts";
import type { Call, Route } from "../../http/route.ts";
import type { Parameters } from "../../http/parameters.ts";
import { failure, notEmulated } from "../../refusal.ts";

const details = ["firstname", "lastname", "email", "comment", "keys"];

/** Source: PVE/API2/User.pm */
export const userRoutes = (access: Access): readonly Route[] => [
  { method: "GET", path: "/access/users", permission: anyone, answer: (call) => listUsers(access, call) },
  {
    method: "POST",
    path: "/access/users",
    permission: both(allocatesUsersOfRealm, onGroupsOfUser(["User.Modify"], "create")),
    answer: ({ parameters }) => within("create user", () => createUser(access, parameters)),
  },
  {
    method: "GET",
    path: "/access/users/{userid}",
    permission: onGroupsOfUser(["User.Modify", "Sys.Audit"]),
    answer: ({ parameters }) => readUser(access.accounts.user(parameters.required("userid"))),
  },
  {
    method: "PUT",
    path: "/access/users/{userid}",
    permission: onGroupsOfUser(["User.Modify"], "update"),
    answer: ({ parameters }) =>
      within("update user", () => setUser(access, access.accounts.user(parameters.required("userid")), parameters)),
  },
  {
    method: "DELETE",
    path: "/access/users/{userid}",
    permission: both(allocatesUsersOfRealm, onGroupsOfUser(["User.Modify"])),
    answer: ({ parameters }) => within("delete user", () => deleteUser(access, parameters.required("userid"))),
  },
];

/** Everybody sees itself. */
function listUsers(access: Access, { caller, parameters }: Call): unknown {
  const privileges = ["User.Modify", "Sys.Audit"];
  const seesAll = access.permissions.hasAny(caller, "/access/groups", privileges);
  return [...access.accounts.users]
    .filter(
      ([name, { groups }]) =>
        seesAll ||
        name === caller.user ||
        [...groups].some((group) => access.permissions.hasAny(caller, `/access/groups/${group}`, privileges)),
    )
    .filter(([, { enable }]) => !parameters.has("enabled") || enable === parameters.flag("enabled"))
    .map(([userid, user]) => {
      const row = { userid, "realm-type": userid.endsWith("@pam") ? "pam" : "pve", ...valuesOf(user) };
      if (!parameters.flag("full")) return row;
      const tokens = [...user.tokens].map(([tokenid, token]) => ({ tokenid, ...tokenValues(token) }));
      return { ...row, groups: [...user.groups].sort().join(","), tokens };
    });
}

const valuesOf = ({ enable, expire, details: given }: User): Record<string, unknown> => ({
  enable: enable ? 1 : 0,
  expire,
  ...Object.fromEntries(given),
});

/** Without its secret. Reference: the check "read back without value" */
export const tokenValues = ({ privsep, expire, comment }: Token): Record<string, unknown> => ({
  privsep: privsep ? 1 : 0,
  expire: expire ?? 0,
  ...(comment === undefined ? {} : { comment }),
});

const readUser = (user: User): unknown => ({
  ...valuesOf(user),
  groups: [...user.groups].sort(),
  tokens: Object.fromEntries([...user.tokens].map(([tokenId, token]) => [tokenId, tokenValues(token)])),
});

function createUser(access: Access, parameters: Parameters): void {
  const userId = parameters.required("userid");
  if (access.accounts.users.has(userId)) throw failure(`user '${userId}' already exists`);
  checkGroups(access, parameters);
  const user = access.accounts.addUser(userId);
  user.password = parameters.text("password");
  setUser(access, user, parameters);
}

/** Changes only the keys that were sent. Reference: section 13, accounts */
function setUser(access: Access, user: User, parameters: Parameters): void {
  checkGroups(access, parameters);
  if (parameters.has("enable")) user.enable = parameters.flag("enable");
  user.expire = parameters.integer("expire") ?? user.expire;
  for (const name of details) {
    const value = parameters.text(name);
    if (value === "") user.details.delete(name);
    else if (value !== undefined) user.details.set(name, value);
  }
  if (!parameters.has("groups")) return;
  if (!parameters.flag("append")) user.groups.clear();
  for (const group of parameters.list("groups")) user.groups.add(group);
}

function checkGroups(access: Access, parameters: Parameters): void {
  const unknown = parameters.list("groups").find((group) => !access.accounts.groups.has(group));
  if (unknown !== undefined) throw failure(`no such group '${unknown}'`);
}

function deleteUser(access: Access, userId: string): void {
  if (userId === "root@pam") throw notEmulated("deletion of root@pam");
  access.removeUser(userId);
}
