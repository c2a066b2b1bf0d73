import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";
import postgresErrors from "@nixops4-resources/protocol-postgres/errors";

/** What can go wrong here, beside what can go wrong everywhere. */
const errors = {
  ...postgresErrors,
  "postgres.extension.downgrade": {
    meaning: "A newer version of the extension is installed than the one that is asked for.",
    remedy: "Ask for the installed version, or for none.",
  },
  "postgres.extension.fixedSchema": {
    meaning: "The extension's objects cannot move to another schema.",
    remedy: "Ask for the schema that it is in, or for none.",
  },
  "postgres.extension.inUse": {
    meaning: "Something in the database depends on the extension. It is never dropped along with it.",
    remedy: "Drop what the message names by hand if nobody needs it, or keep the extension.",
  },
  "postgres.extension.lacking": {
    meaning: "The extension needs others that the database does not have.",
    remedy: "Declare those too, or set `cascade = true`.",
  },
  "postgres.extension.unavailable": {
    meaning: "The server's machine does not have the extension's files.",
    remedy: "Install the package that has it, for the server's version of PostgreSQL.",
  },
  "postgres.extension.untrusted": {
    meaning: "The extension can do anything on the server's machine, so only a superuser may install it.",
    remedy: "Let a superuser install it, then take it over with `adopt = true`.",
  },
  "postgres.extension.version": {
    meaning: "The server does not have this version of the extension, or no way from the installed one to it.",
    remedy: "Choose one that the message names, or install a newer package.",
  },
  "postgres.grant.exclusive": {
    meaning: "`exclusive` revokes what others have granted, which is done only in what the deployment manages itself.",
    remedy: "Let the deployment manage the database, the schema or the role, or set `exclusive = false`.",
  },
  "postgres.grant.grantor": {
    meaning: "A right was granted by somebody else than the owner, and only who granted it can take it away.",
    remedy: "Revoke it as that role; the hint has the command.",
  },
  "postgres.grant.ineffective": {
    meaning: "PostgreSQL took the command and granted or revoked nothing, or less: the account lacks the right to.",
    remedy: "Let the owner of the object, or a superuser, do it.",
  },
  "postgres.grant.object": {
    meaning: "The inputs of a grant do not name one object, or name more than one.",
    remedy: "Give `schema` and `object` as the kind of object needs them, and to a routine the types of its arguments.",
  },
  "postgres.grant.passedOn": {
    meaning: "A role that is to lose a privilege has passed it on. It is never taken from those others along with it.",
    remedy: "Revoke first what that role granted.",
  },
  "postgres.grant.privilege": {
    meaning: "This kind of object has no such privilege in this version of PostgreSQL.",
    remedy: "Choose one of those that the hint names.",
  },
  "postgres.object.missing": {
    meaning: "There is no such object in the database.",
    remedy: "Make it first, or correct its name.",
  },
  "postgres.role.inUse": {
    meaning: "The role owns objects or has rights on some. It is never dropped with them.",
    remedy: "Give its objects to another role (REASSIGN OWNED) and take its rights away (DROP OWNED) in each database.",
  },
  "postgres.role.superuser": {
    meaning: "A role is to become superuser, which is the power over everything on the server.",
    remedy: "Set `allowSuperuser = true` on the role if that is meant.",
  },
  "postgres.schema.notEmpty": {
    meaning: "There is something in the schema. It is never dropped with its contents.",
    remedy: "Drop by hand what the message names if nobody needs it, or keep the schema.",
  },
  "postgres.version.unsupported": {
    meaning: "The server's version does not know this yet.",
    remedy: "Leave the input out, or use a newer PostgreSQL.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type ErrorCode = keyof typeof errors;
