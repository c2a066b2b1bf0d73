import { option, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { attributeValues } from "../attributes.ts";
import type { Connection } from "../connection.ts";
import { builtInGroups, groupName, isBuiltIn } from "../group-name.ts";

const ownName = groupName.check(
  z.refine((name) => !isBuiltIn(name), `another name: ${builtInGroups.join(", ")} belong to lldap itself`),
);

export const inputs = {
  name: option(
    ownName,
    "Display name: 1 to 255 letters, digits, spaces and `_`, `.`, `@`, `-`. No other group may have it, whatever its case; a name that differs only in case is the same name. The name is part of the DN and of every filter. With a state, a changed name renames the group, which keeps its members. Without a state, it declares a new group: rename the old one by hand first.",
  ),
  attributes: option(
    withExample(attributeValues, { "mail-alias": ["operators@example.org"] }),
    "Values of custom attributes, by the attribute's name in lower case. An attribute that is no list takes one value. Integers are decimal, times follow RFC 3339, and pictures are Base64. Attributes that are not named here stay as they are. Those removed from the inputs are removed from the group.",
    {},
  ),
  confirmLoss: option(
    z.boolean(),
    "Whether a destroy may delete the group while it has members that this deployment does not manage. False rejects that.",
    false,
  ),
};

export const outputs = {
  id: option(z.int(), "Id of the group, an integer that lldap chose. A group that is created again gets another one."),
  uuid: option(z.string(), "UUID of the group, which is `entryUUID` in LDAP."),
  name: option(z.string(), "Display name as lldap has it, which can differ from the input in case."),
  dn: option(z.string(), "Distinguished name of the group, in lower case."),
  baseDn: option(z.string(), "Base DN of the directory, in lower case."),
  memberFilter: option(z.string(), "LDAP filter that finds the members of the group: `(memberof=<dn>)`."),
  mastodonSearchFilter: option(
    z.string(),
    "Value of Mastodon's `LDAP_SEARCH_FILTER`: members of the group log in by id or e-mail address, and nobody else does. It needs `LDAP_UID=uid` and `LDAP_MAIL=mail`.",
  ),
  autheliaUsersFilter: option(
    z.string(),
    "Value of Authelia's `authentication_backend.ldap.users_filter`: members of the group log in by id or e-mail address, and nobody else does.",
  ),
};

export type Want = Values<typeof inputs> & { readonly managedBy: string; readonly connection: Connection };
