import { option, secretRef, type Values } from "@nixops4-resources/protocol-core";
import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { memberOf } from "./membership.ts";
import { newRoleName } from "./name.ts";
import { settings } from "../settings.ts";

const flag = (description: string, fallback = false): z.ZodMiniPrefault<z.ZodMiniBoolean> =>
  option(z.boolean(), description, fallback);

export const inputs = {
  name: option(newRoleName, "Name of the role, at most 63 bytes. Changing the name declares a different role."),
  login: flag("Whether the role can log in, which makes it a user."),
  password: option(
    z.nullable(secretRef),
    "Password for logging in, or its SCRAM verifier (`SCRAM-SHA-256$...`). Only the verifier is sent and stored. An account that is not superuser sets a verifier at creation, and does not find later changes. Null removes the password; an account that is not superuser removes it only if the previous inputs declared it, since it cannot see other passwords.",
    null,
  ),
  connectionLimit: option(
    z.int().check(z.minimum(-1), z.maximum(2_147_483_647)),
    "Maximum number of concurrent connections of the role. -1 means no limit.",
    -1,
  ),
  validUntil: option(
    z.nullable(z.iso.datetime({ offset: true })),
    "Expiry time of the password, in ISO 8601 with an offset, such as `2030-01-01T00:00:00Z`. Null means that it never expires.",
    null,
  ),
  createdb: flag("Whether the role can create databases."),
  createrole: flag("Whether the role can create roles, and change and drop the roles that it administers."),
  inherit: flag("Whether the role has the rights of the roles that it is a member of without SET ROLE.", true),
  replication: flag(
    "Whether the role can replicate, which means reading all data. Only a superuser or a role with REPLICATION can set this.",
  ),
  bypassrls: flag(
    "Whether the role bypasses row-level security. Only a superuser or a role with BYPASSRLS can set this.",
  ),
  superuser: flag(
    "Whether the role has unrestricted access to the server. Setting this requires `allowSuperuser = true`, and a superuser as `connection.user`.",
  ),
  allowSuperuser: flag("Whether `superuser` may be set. This second switch prevents unrestricted access by mistake."),
  memberOf,
  settings,
  reassignOwnedTo: option(
    z.nullable(objectName),
    'Role that receives the objects of this role when a destroy deletes it. Only in effect with `deletion = "delete"`. In each database where the role has any, REASSIGN OWNED gives its objects to that role, whole databases included. DROP OWNED then revokes its privileges, also where it granted them to others, and removes its default privileges, policies and user mappings. The preview of a destroy lists and counts them, and the outcome counts what was done. Null: a role that owns objects or has privileges is not dropped.',
    null,
  ),
};

export type RoleInputs = Values<typeof inputs>;
