import { option, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { commentText } from "../comment.ts";
import type { Connection } from "../connection.ts";
import { expiration } from "../time.ts";
import { userId } from "./user-id.ts";

const emailAddress = z.string().check(z.maxLength(254), z.regex(/^([^\s@]{1,64}@[^\s@]+)?$/));
/** Not as a pattern of the schema, which has no flag for letters of all scripts. */
const personName = z.string().check(
  z.maxLength(255),
  z.refine((name) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(name), "one line of printable characters"),
);
const groupId = z.string().check(z.regex(/^[A-Za-z0-9._-]+$/));

export const inputs = {
  userId: option(
    withExample(userId, "alice@pve"),
    "Id of the user: name, `@` and realm. A user of the realm `pve` that the provider creates has no password, so it is used by its tokens; set a password by hand if a person is to log in. Changing the id declares a different user.",
  ),
  email: option(z.nullable(emailAddress), "E-mail address. An empty text removes it. Null leaves it as it is.", null),
  firstName: option(z.nullable(personName), "First name. An empty text removes it. Null leaves it as it is.", null),
  lastName: option(z.nullable(personName), "Last name. An empty text removes it. Null leaves it as it is.", null),
  comment: option(
    z.nullable(commentText),
    "Comment of the user: at most 1500 characters. Null leaves it as it is. A further line of it is the mark of the deployment.",
    null,
  ),
  groups: option(
    z.nullable(z.array(groupId)),
    "Ids of all groups of which the user is a member; the groups must exist. The user leaves every other group. Null leaves the memberships as they are.",
    null,
  ),
  enabled: option(
    z.boolean(),
    "Whether the user may log in. If false, Proxmox rejects its tokens, too; true makes them work again.",
    true,
  ),
  expiresAt: option(
    z.nullable(expiration),
    'Time from which Proxmox rejects the user and its tokens, in RFC 3339: `2030-01-31T00:00:00Z`. "never" removes it. Null does not manage it; a new user then never expires.',
    null,
  ),
  confirmLoss: option(
    z.boolean(),
    "Whether a destroy may delete the user although it has tokens that this deployment does not manage, or permissions with roles that this deployment does not manage. Proxmox deletes them together with the user.",
    false,
  ),
};

export const outputs = {
  userId: option(z.string(), "Id of the user, for `user` of `token` and `acl`."),
};

export type Inputs = Values<typeof inputs>;
export type Wanted = Inputs & { readonly managedBy: string; readonly connection: Connection };
