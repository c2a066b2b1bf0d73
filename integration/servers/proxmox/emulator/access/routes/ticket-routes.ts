import type { Access } from "../access.ts";
import { either, self, both, allocatesUsersOfRealm, onGroupsOfUser, world } from "../permission-rules.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Route } from "../../http/route.ts";
import { notEmulated, Refusal } from "../../refusal.ts";

/** Source: PVE/API2/AccessControl.pm */
export const ticketRoutes = (access: Access): readonly Route[] => [
  { method: "POST", path: "/access/ticket", permission: world, answer: ({ parameters }) => logIn(access, parameters) },
  {
    method: "GET",
    path: "/access/domains",
    permission: world,
    answer: () => [
      { realm: "pam", type: "pam", comment: "Linux PAM standard authentication" },
      { realm: "pve", type: "pve", comment: "Proxmox VE authentication server" },
    ],
  },
  {
    method: "PUT",
    path: "/access/password",
    permission: either(self, both(allocatesUsersOfRealm, onGroupsOfUser(["User.Modify"]))),
    isForTicketsOnly: true,
    answer: ({ parameters }) => {
      access.accounts.user(parameters.required("userid")).password = parameters.required("password");
    },
  },
];

/** A ticket may renew itself in place of the password. Reference: section 2 */
function logIn(access: Access, parameters: Parameters): unknown {
  if (parameters.has("tfa-challenge") || parameters.has("otp")) throw notEmulated("two-factor authentication");
  const given = parameters.required("username");
  const username = given.includes("@") ? given : `${given}@${parameters.text("realm") ?? "pam"}`;
  const password = parameters.required("password");
  const user = access.accounts.users.get(username);
  const isRight =
    (user?.password !== undefined && user.password === password) || access.tickets.userOf(password) === username;
  if (!isRight || !access.accounts.isEnabled(username)) throw new Refusal(401, "authentication failure");
  const { ticket, csrfToken } = access.tickets.issue(username);
  return { ticket, CSRFPreventionToken: csrfToken, username, cap: {} };
}
