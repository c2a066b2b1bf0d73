import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** Errors of this provider, besides those that every provider can report. */
const errors = {
  ...postgresErrors,
  "postgres.database.identity": {
    meaning:
      "The database holds the data of another site. The other servers of a federation know a site by its name permanently, so a change of the name breaks the site. Nothing was changed.",
    remedy:
      "Set `identity` to the stored name. To start a new site, declare another database. To use this one with the data that it holds, set `newSite = true` for one apply.",
  },
  "postgres.database.locale": {
    meaning: "The server does not have this locale, or not for `encoding`.",
    remedy: "Use a locale that the hint names, or install the locale on the server's machine and restart PostgreSQL.",
  },
  "postgres.database.pending": {
    meaning:
      "The database cannot be dropped, and could not get its name back. It exists under the name in the message, with all its contents.",
    remedy: "Remove the reason in the message and destroy again, or rename the database manually to keep it.",
  },
  "postgres.extension.downgrade": {
    meaning: "The installed version of the extension is newer than `version`.",
    remedy: "Set `version` to the installed version, or to null.",
  },
  "postgres.extension.fixedSchema": {
    meaning: "The extension's objects cannot move to another schema.",
    remedy: "Set `schema` to the current schema, or to null.",
  },
  "postgres.extension.inUse": {
    meaning: "Objects in the database depend on the extension. The provider never drops them together with it.",
    remedy: "Drop the named objects manually if they are not needed, or keep the extension.",
  },
  "postgres.extension.lacking": {
    meaning: "The extension requires other extensions that the database does not have.",
    remedy: "Declare these too, or set `cascade = true`.",
  },
  "postgres.extension.unavailable": {
    meaning: "The server's machine does not have the extension's files.",
    remedy: "Install the package with the extension, for the server's version of PostgreSQL.",
  },
  "postgres.extension.untrusted": {
    meaning: "The extension is not trusted, so only a superuser may install it.",
    remedy: "Install it as a superuser, then adopt it with `adopt = true`.",
  },
  "postgres.extension.version": {
    meaning: "The server does not have this version of the extension, or no script to update to it.",
    remedy: "Choose a version that the hint names, or install a newer package.",
  },
  "postgres.grant.exclusive": {
    meaning:
      "`exclusive` revokes what others granted, so the deployment must manage the database, the schema or the role itself.",
    remedy: "Declare one of them in the deployment, or set `exclusive = false`.",
  },
  "postgres.grant.grantor": {
    meaning: "A role other than the owner granted a privilege. Only the grantor can revoke it.",
    remedy: "Run the command in the hint as the grantor.",
  },
  "postgres.grant.ineffective": {
    meaning:
      "PostgreSQL accepted the command, but granted or revoked only a part: the account may not change the rest.",
    remedy: "Use an account that may act as the owner of the object.",
  },
  "postgres.grant.object": {
    meaning: "The inputs of a grant do not identify exactly one object.",
    remedy: "Set `schema` and `object` as `objectType` requires, for a routine with the types of its arguments.",
  },
  "postgres.grant.passedOn": {
    meaning:
      "A role that would lose a privilege has granted it to other roles. The provider never revokes it from those.",
    remedy: "Revoke first what this role granted.",
  },
  "postgres.grant.privilege": {
    meaning: "The server has no such privilege for this kind of object.",
    remedy: "Choose a privilege that the hint names.",
  },
  "postgres.grant.publicDefault": {
    meaning:
      "PostgreSQL grants PUBLIC a privilege on every new object of this kind, in every schema. Default privileges of one schema only add to it, so `exclusive` cannot revoke it there.",
    remedy:
      "Set `schema` to null, or declare other default privileges of the same owner with `schema = null` and `exclusive = true`.",
  },
  "postgres.grant.publicConnect": {
    meaning:
      "A `database` resource manages whether PUBLIC may connect to the database. A grant would be revoked at its next apply.",
    remedy:
      "Set `revokePublicConnect = false` on the `database` resource, and remove CONNECT of PUBLIC from the grant.",
  },
  "postgres.membership.managed": {
    meaning:
      "The member carries a deployment's mark. `memberOf` of its `role` resource manages its memberships, and revokes those that it does not list.",
    remedy: "Declare the membership in `memberOf` of the `role` resource, and remove the `membership` resource.",
  },
  "postgres.membership.passedOn": {
    meaning:
      "The member would lose a membership, or its ADMIN option, that it has granted to other roles. The provider never revokes it from those.",
    remedy: "Revoke first what the member granted. On PostgreSQL 16 and later, \\drg in psql shows the grantors.",
  },
  "postgres.object.missing": {
    meaning: "The object does not exist in the database.",
    remedy: "Create it first, or correct its name.",
  },
  "postgres.role.inUse": {
    meaning:
      "The role owns objects or has privileges on objects. The provider never drops these together with the role.",
    remedy:
      'Set `reassignOwnedTo` on the role, with `deletion = "delete"`. Or in each database, give its objects to another role (REASSIGN OWNED), then revoke its privileges (DROP OWNED).',
  },
  "postgres.role.reassign": {
    meaning:
      "The objects of a role cannot go to the role of `reassignOwnedTo`: that is the role itself, or the role has created objects meanwhile. No object was dropped.",
    remedy: "Set `reassignOwnedTo` to another role. Stop the clients that act as the role, then destroy again.",
  },
  "postgres.role.superuser": {
    meaning: "The inputs make a role superuser, which grants unrestricted access to the server.",
    remedy: "Set `allowSuperuser = true` on the role if this is intended.",
  },
  "postgres.role.verifier": {
    meaning:
      "The secret of a role is a hash that cannot be used: an MD5 hash, or an incomplete SCRAM verifier. As a password, it would be hashed again.",
    remedy: "Store the password itself, or its whole SCRAM verifier.",
  },
  "postgres.schema.notEmpty": {
    meaning: "The schema is not empty. The provider never drops it together with its contents.",
    remedy: "Drop the named objects manually if they are not needed, or keep the schema.",
  },
  "postgres.setting.managed": {
    meaning:
      "The database carries a deployment's mark. Its `database` resource manages the parameters for all roles, and resets those that it does not declare.",
    remedy: "Declare the parameters in `settings` of the `database` resource, or set `role`.",
  },
  "postgres.version.unsupported": {
    meaning: "The server's version of PostgreSQL does not support this input.",
    remedy: "Remove the input, or use a newer version of PostgreSQL.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
