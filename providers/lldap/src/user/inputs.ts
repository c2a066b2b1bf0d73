import { option, runtimePath, secretRef, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { attributeValues } from "../attributes.ts";
import type { Account } from "../account/account.ts";
import type { Connection } from "../connection.ts";
import { groupNames } from "../group-name.ts";
import { userId } from "../user-id.ts";

/** Addresses are compared without regard to case; lldap keeps the case that it gets. */
export const emailAddress = withExample(
  z.string().check(z.refine((text) => /^[^\s@]{1,64}@[^\s@]{1,190}$/.test(text), "an e-mail address")),
  "ada@example.org",
);

/** Names of people, in any script. */
export const personName = z
  .string()
  .check(z.refine((text) => /^[^\p{Cc}\p{Zl}\p{Zp}]{0,255}$/u.test(text), "at most 255 characters on one line"));

const allowAdmin = option(
  z.boolean(),
  "Whether `groups` may contain `lldap_admin`, whose members may do everything in lldap. Neither a destroy nor an update ever removes a user from it: do that by hand.",
  false,
);

/** Inputs that users and service accounts share. */
export const accountInputs = {
  id: option(
    userId,
    "Id of the user: 1 to 255 characters of a-z, 0-9, dot, hyphen, underscore and `@`, the first one a letter or digit. People log in with it. Changing the id declares a different user.",
  ),
  allowAdmin,
};

export const inputs = {
  ...accountInputs,
  email: option(emailAddress, "E-mail address, which no other user may have, whatever the case of its letters."),
  displayName: option(z.nullable(personName), "Displayed name. Null leaves it as it is; the user can change it.", null),
  firstName: option(z.nullable(personName), "First name. Null leaves it as it is.", null),
  lastName: option(z.nullable(personName), "Last name. Null leaves it as it is.", null),
  avatarFile: option(
    z.nullable(runtimePath),
    "File with the picture: a JPEG of at most 524,288 bytes and 1024 x 1024 pixels. The file is read at each apply. Null leaves the picture as it is.",
    null,
  ),
  attributes: option(
    withExample(attributeValues, { "mail-alias": ["ada@example.com", "ada.lovelace@example.org"] }),
    "Values of custom attributes, by the attribute's name in lower case. An attribute that is no list takes one value. Integers are decimal, times follow RFC 3339, and pictures are Base64. Attributes that are not named here stay as they are. Those removed from the inputs are removed from the user.",
    {},
  ),
  groups: option(
    groupNames,
    "Display names of groups of which the user is a member, in any case. Other memberships stay as they are. A group that is removed from the inputs loses the user.",
    [],
  ),
  password: option(
    z.nullable(secretRef),
    "Password of the user: one line of text, without its final newline. It is set over LDAP, so it needs `connection.ldap`. Null does not manage the password.",
    null,
  ),
  passwordMode: option(
    z.enum(["enforce", "initial"]),
    "`initial` sets the password once, if the user has none yet, so that the user can change it; it needs lldap 0.6.3. `enforce` sets it again whenever a login with it fails.",
    "initial",
  ),
  disabled: option(
    z.boolean(),
    'Whether the user is suspended: it leaves the groups in `groups`, and keeps everything else. With `passwordMode = "enforce"` the password becomes random too. False restores both.',
    false,
  ),
};

export const outputs = {
  dn: option(z.string(), "Distinguished name of the user, in lower case."),
  uuid: option(
    z.string(),
    "UUID of the user, which is `entryUUID` in LDAP. A user that is created again gets another one.",
  ),
  baseDn: option(z.string(), "Base DN of the directory, in lower case."),
  otherGroups: option(
    z.array(z.string()),
    "Display names of groups that are not in `groups` and of which the user is a member.",
  ),
};

type Want = Values<typeof inputs> & { readonly managedBy: string; readonly connection: Connection };

export const accountOf = (want: Want): Account => ({ ...want, type: "user" });
