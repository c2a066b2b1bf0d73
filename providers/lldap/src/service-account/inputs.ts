import { option, secretRef, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { Account } from "../account/account.ts";
import type { Connection } from "../connection.ts";
import { groupNames } from "../group-name.ts";
import { accountInputs, emailAddress, personName } from "../user/inputs.ts";

export const inputs = {
  ...accountInputs,
  email: option(
    z.nullable(emailAddress),
    "E-mail address, which no other user may have. Null uses `<id>@<managedBy>.invalid`, since lldap needs an address of each user.",
    null,
  ),
  displayName: option(z.nullable(personName), "Displayed name. Null leaves it as it is.", null),
  groups: option(
    groupNames,
    "Display names of groups of which the account is a member, in any case. `lldap_strict_readonly` may search users and groups, `lldap_password_manager` may also set passwords of users who are not administrators.",
    ["lldap_strict_readonly"],
  ),
  password: option(
    withExample(secretRef, { file: "/run/secrets/mastodon-ldap-password" }),
    "Password of the account: one line of text, without its final newline. It is set over LDAP, so it needs `connection.ldap`, and set again whenever a login with it fails.",
  ),
};

export const outputs = {
  bindDn: option(z.string(), "Distinguished name with which the application logs in, in lower case."),
  uuid: option(z.string(), "UUID of the account. An account that is created again gets another one."),
  baseDn: option(z.string(), "Base DN of the directory, in lower case."),
  usersDn: option(z.string(), "Distinguished name below which all users are found."),
  groupsDn: option(z.string(), "Distinguished name below which all groups are found."),
};

type Want = Values<typeof inputs> & { readonly managedBy: string; readonly connection: Connection };

export const accountOf = (want: Want): Account => ({
  ...want,
  type: "service_account",
  email: want.email ?? `${want.id}@${want.managedBy}.invalid`,
  firstName: null,
  lastName: null,
  avatarFile: null,
  attributes: {},
  passwordMode: "enforce",
  disabled: false,
});
