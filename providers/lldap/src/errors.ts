import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import httpErrors from "@nixops4-resources/protocol-http/errors";

/** Errors of this provider, beside those of every provider. */
const errors = {
  ...httpErrors,
  "lldap.account.contradiction": {
    meaning: "Two inputs contradict each other. Nothing was changed.",
    remedy: "Change one of the inputs that the message names.",
  },
  "lldap.account.own": {
    meaning: "The user is the provider's own account. It is never deleted, and its password is not changed.",
    remedy: "Manage this account by hand, or let the provider use another account in `connection.username`.",
  },
  "lldap.account.rights": {
    meaning: "The provider's account is not a member of the group that the request needs.",
    remedy: "Add the account to the group that the message names, or use another account in `connection.username`.",
  },
  "lldap.api.unexpected": {
    meaning: "What answers is not lldap's API.",
    remedy: "Set `connection.url` to the address of lldap's web server.",
  },
  "lldap.attribute.invalid": {
    meaning: "An attribute has another type, or is no list. Nothing was written.",
    remedy: "Change the values to what the message names.",
  },
  "lldap.attribute.missing": {
    meaning: "lldap's schema does not have the attribute. Nothing was written.",
    remedy: "Declare it as `attribute_schema`, and take its name from the outputs of that resource.",
  },
  "lldap.attribute.reserved": {
    meaning: "The attribute belongs to lldap, or stores the marks of deployments. Nothing was changed.",
    remedy: "Choose another name.",
  },
  "lldap.attribute.typeConflict": {
    meaning:
      "An attribute of users and one of groups have the same name and must have the same type. Nothing was changed.",
    remedy: "Choose another name, or the type of the attribute that exists.",
  },
  "lldap.avatar.invalid": {
    meaning: "The file of the avatar cannot be used. Nothing was written.",
    remedy: "Store a JPEG within the limits that the message names.",
  },
  "lldap.baseDn.wrong": {
    meaning: "The LDAP server has another base DN than `connection.baseDn`.",
    remedy: "Set `connection.baseDn` to `ldap_base_dn` of lldap's configuration.",
  },
  "lldap.change.ineffective": {
    meaning: "lldap accepted a change, and a look after it does not show it.",
    remedy: "Apply again. If the error remains, check what is between this machine and lldap.",
  },
  "lldap.declaredTwice": {
    meaning: "Another resource of this deployment, of another type, manages the same thing. Nothing was changed.",
    remedy: "Remove one of the two resources.",
  },
  "lldap.email.taken": {
    meaning: "Another user has this e-mail address. Case does not matter. Nothing was changed.",
    remedy: "Choose another address, or change that of the user that the message names.",
  },
  "lldap.group.builtIn": {
    meaning: "The group belongs to lldap itself. It was not changed.",
    remedy: "Choose another name. Users join it by `groups`.",
  },
  "lldap.group.members": {
    meaning: "The group has members that this deployment does not manage. Nothing was deleted.",
    remedy: 'Remove them by hand, set `confirmLoss = true`, or keep the group with `deletion = "retain"`.',
  },
  "lldap.group.missing": {
    meaning: "A group that the inputs name does not exist. Nothing was changed.",
    remedy: "Create the group first, and take its name from the outputs of that resource.",
  },
  "lldap.group.nameTaken": {
    meaning:
      "Another group has the name, so that this deployment's group, which was renamed or is to be renamed, cannot get it. Nothing was changed.",
    remedy: "Rename or delete the other group, or choose another name.",
  },
  "lldap.ldap.failed": {
    meaning: "The LDAP server rejected or failed an operation.",
    remedy: "See lldap's log, then apply again: the provider looks first.",
  },
  "lldap.ldap.missing": {
    meaning: "The resource manages a password, which needs LDAP, and `connection.ldap` is not set.",
    remedy: "Set `connection.ldap.url`.",
  },
  "lldap.ldap.plaintext": {
    meaning: "The LDAP connection leads to another machine without TLS. No password was sent.",
    remedy: "Use an `ldaps` URL, or permit it with `connection.allowPlaintext = true`.",
  },
  "lldap.ldap.unreachable": {
    meaning: "The LDAP server does not answer.",
    remedy: "Check that lldap runs and listens there, and `connection.ldap.url`.",
  },
  "lldap.login.refused": {
    meaning: "lldap does not accept the name and the password of the provider's account.",
    remedy:
      "Store the account's present password where `connection.password` refers to. If it is lost, `force_ldap_user_pass_reset` in lldap's configuration sets it again.",
  },
  "lldap.membership.managed": {
    meaning: "A `user` resource manages this membership. Nothing was changed.",
    remedy: "Declare the group in `groups` of that user.",
  },
  "lldap.password.invalid": {
    meaning: "The text cannot be a password: lldap takes every text literally.",
    remedy: "Store the plain password, not a hash, as one line of text.",
  },
  "lldap.request.refused": {
    meaning: "lldap rejected a request. Nothing was changed by it.",
    remedy: "Change the inputs that the message names; see lldap's log.",
  },
  "lldap.schema.loss": {
    meaning: "lldap cannot change an attribute. Deleting it would delete its values. Nothing was changed.",
    remedy: "Set `confirmLoss = true` to lose the values, or declare a new attribute and copy them.",
  },
  "lldap.user.administrator": {
    meaning: "The user is an administrator, whom the provider neither deletes nor demotes. Nothing was changed.",
    remedy: "Remove the user from `lldap_admin` by hand, then apply again.",
  },
  "lldap.user.missing": {
    meaning: "A user that the inputs name does not exist. Nothing was changed.",
    remedy: "Create the user first, and take its id from the outputs of that resource.",
  },
  "lldap.version.unsupported": {
    meaning: "The version of lldap does not have what an input needs. Nothing was written.",
    remedy: "Upgrade lldap to the version that the message names, or leave the input out.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
