import { option, withExample, type Values } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { attributeName } from "../attributes.ts";
import type { Connection } from "../connection.ts";
import { attributeTypes } from "../graphql/shapes.ts";

const loses = "A change deletes the attribute with all values: see `confirmLoss`.";

export const inputs = {
  kind: option(z.enum(["group", "user"]), "Whether users or groups can have the attribute."),
  name: option(
    withExample(attributeName, "mail-alias"),
    "Name of the attribute, also in LDAP: 1 to 64 characters of a-z, 0-9 and hyphen, the first one a letter or digit. lldap permits no underscore, and stores names in lower case.",
  ),
  attributeType: option(
    z.enum(attributeTypes),
    `Type of the values. An attribute of users and one of groups of the same name must have the same type. ${loses}`,
  ),
  isList: option(z.boolean(), `Whether the attribute can have several values. ${loses}`, false),
  isVisible: option(
    z.boolean(),
    `Whether ordinary users see the attribute. Administrators and members of \`lldap_strict_readonly\` always do. ${loses}`,
    true,
  ),
  isEditable: option(z.boolean(), `Whether users can change their own values. ${loses}`, false),
  confirmLoss: option(
    z.boolean(),
    "Whether a change or a destroy may delete values that users or groups have. False rejects that, and the error has their number.",
    false,
  ),
};

export const outputs = {
  name: option(z.string(), "Name of the attribute, for `attributes` of users and groups and for applications."),
};

export type Want = Values<typeof inputs> & { readonly connection: Connection };
