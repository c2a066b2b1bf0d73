import type { Access } from "../access.ts";
import { newSecret, type Token } from "../accounts.ts";
import { either, onGroupsOfUser, self } from "../permission-rules.ts";
import { tokenValues } from "./user-routes.ts";
import type { Parameters } from "../../http/parameters.ts";
import type { Route } from "../../http/route.ts";
import { invalid } from "../../refusal.ts";

const permission = either(self, onGroupsOfUser(["User.Modify"]));
const path = "/access/users/{userid}/token/{tokenid}";

/** Source: PVE/API2/User.pm */
export function tokenRoutes(access: Access): readonly Route[] {
  const found = (parameters: Parameters): Token =>
    access.accounts.token(parameters.required("userid"), parameters.required("tokenid"));
  return [
    {
      method: "GET",
      path: "/access/users/{userid}/token",
      permission,
      answer: ({ parameters }) =>
        [...access.accounts.user(parameters.required("userid")).tokens].map(([tokenid, token]) => ({
          tokenid,
          ...tokenValues(token),
        })),
    },
    { method: "GET", path, permission, answer: ({ parameters }) => tokenValues(found(parameters)) },
    { method: "POST", path, permission, answer: ({ parameters }) => createToken(access, parameters) },
    { method: "PUT", path, permission, answer: ({ parameters }) => setToken(found(parameters), parameters) },
    {
      method: "DELETE",
      path,
      permission,
      answer: ({ parameters }) => {
        found(parameters);
        // Entries of a token that does not exist are ignored when user.cfg is read. Source: PVE/AccessControl.pm
        access.acl.removeSubject("token", fullId(parameters));
        access.accounts.user(parameters.required("userid")).tokens.delete(parameters.required("tokenid"));
      },
    },
  ];
}

const fullId = (parameters: Parameters): string => `${parameters.required("userid")}!${parameters.required("tokenid")}`;

/** The secret is shown once. Reference: section 3 */
function createToken(access: Access, parameters: Parameters): unknown {
  const user = access.accounts.user(parameters.required("userid"));
  if (user.tokens.has(parameters.required("tokenid"))) throw invalid({ tokenid: "Token already exists." });
  const expire = parameters.integer("expire");
  const comment = parameters.text("comment") ?? "";
  const privsep = parameters.has("privsep") ? parameters.flag("privsep") : true;
  const token: Token = { secret: newSecret(), privsep, expire, comment: comment === "" ? undefined : comment };
  user.tokens.set(parameters.required("tokenid"), token);
  const info = {
    privsep: privsep ? 1 : 0,
    ...(expire === undefined ? {} : { expire }),
    ...(comment === "" ? {} : { comment }),
  };
  return { "full-tokenid": fullId(parameters), value: token.secret, info };
}

function setToken(token: Token, parameters: Parameters): unknown {
  const unknown = parameters.list("delete").find((name) => name !== "comment");
  if (unknown !== undefined) throw invalid({ delete: `unknown option '${unknown}'` });
  if (parameters.has("privsep")) token.privsep = parameters.flag("privsep");
  token.expire = parameters.integer("expire") ?? token.expire;
  const comment = parameters.list("delete").includes("comment") ? "" : parameters.text("comment");
  if (comment !== undefined) token.comment = comment === "" ? undefined : comment;
  if (!parameters.flag("regenerate")) return tokenValues(token);
  token.secret = newSecret();
  return { ...tokenValues(token), value: token.secret, "full-tokenid": fullId(parameters) };
}
