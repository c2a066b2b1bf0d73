import {
  AlreadyExists,
  defineResource,
  option,
  readMark,
  secretRef,
  type Mark,
  type Values,
} from "@nixops4-resources/protocol-core";
import { connectReader, connectWriter, connection, sqlStateOf } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { memberOf } from "./membership.ts";
import { seenPassword } from "./password.ts";
import { alterRole, commentOnRole, createRole, dropRole } from "./statements.ts";
import { listRoles, selectRole } from "./catalog.ts";
import { newRoleName } from "./name.ts";
import { settings } from "../settings.ts";

const flag = (description: string, fallback = false): z.ZodMiniPrefault<z.ZodMiniBoolean> =>
  option(z.boolean(), description, fallback);

const inputs = {
  name: option(newRoleName, "Name of the role, at most 63 bytes long. Another name is another role."),
  login: flag("Whether it can log in: whether it is a user."),
  password: option(
    z.nullable(secretRef),
    "Password to log in with, sent and stored as a SCRAM verifier only. Null takes it away; but whether there is one that was never declared, only a superuser sees.",
    null,
  ),
  connectionLimit: option(
    z.int().check(z.minimum(-1), z.maximum(2_147_483_647)),
    "Most connections that it may have at once; -1 sets no limit.",
    -1,
  ),
  validUntil: option(
    z.nullable(z.iso.datetime({ offset: true })),
    "Time from which on its password is not accepted, in ISO 8601 with an offset, such as `2030-01-01T00:00:00Z`. Null is never.",
    null,
  ),
  createdb: flag("Whether it may create databases."),
  createrole: flag("Whether it may create roles, and change and drop those that it administers."),
  inherit: flag("Whether it has the rights of the roles that it is a member of without SET ROLE.", true),
  replication: flag(
    "Whether it may replicate, which is to read everything. Only a superuser or one with it can set it.",
  ),
  bypassrls: flag("Whether row security does not hold for it. Only a superuser or one with it can set it."),
  superuser: flag(
    "Whether it may do everything on the server. Needs `allowSuperuser` to be set, and a superuser to set it.",
  ),
  allowSuperuser: flag("Whether `superuser` may be set: a second look at a right that nothing limits."),
  memberOf,
  settings,
};

export type RoleInputs = Values<typeof inputs>;

export default defineResource({
  type: "role",
  description: "A role of the server: a user, or a group of users. It belongs to all databases alike.",
  requireState: false,
  connection,
  inputs,
  outputs: {
    name: option(
      z.string(),
      "Name of the role, for those who need it to be there: owners of databases, members, grantees.",
    ),
  },
  immutable: {
    name: "What the role owns would stay with the old one: rename it by hand (ALTER ROLE old RENAME TO new), which clears an MD5 password, or declare a new resource and destroy this one",
  },
  secret: ["password"],
  stableOutputs: ["name"],
  leastRights:
    "CREATEROLE, and from PostgreSQL 16 on ADMIN on roles that were not made by this account. What it is to give away (CREATEDB, REPLICATION, BYPASSRLS) it needs itself, for SUPERUSER and to see stored passwords it must be superuser; else passwords are tried by logging in as the role.",
  example: { name: "mastodon", login: true, password: { file: "/run/secrets/mastodon-db" }, connectionLimit: 50 },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    const row = await selectRole(await client.maintenance(), want);
    if (row === undefined) return undefined;
    const { comment, storedPassword, grants: _, ...seen } = row;
    const password = await seenPassword(client, {
      role: want.name,
      wanted: want.password,
      previous: previous.password,
      stored: storedPassword,
      isExpired: seen.validUntil !== null && Date.parse(seen.validUntil) <= Date.now(),
    });
    return {
      mark: readMark(comment),
      inputs: { ...seen, ...(password !== undefined && { password }) },
      outputs: { name: want.name },
    };
  },

  async create(client, want, mark) {
    try {
      await createRole(await client.maintenance(), want, mark);
    } catch (error) {
      // The second is what a parallel CREATE ROLE of somebody who does not take our lock gives.
      if (["42710", "23505"].includes(sqlStateOf(error) ?? "")) throw new AlreadyExists(want.name, { cause: error });
      throw error;
    }
  },

  update: async (client, want, { changed }) => alterRole(await client.maintenance(), want, changed),

  delete: async (client, { name }) => dropRole(await client.maintenance(), name),

  setMark: async (client, { name }, mark: Mark | undefined) => commentOnRole(await client.maintenance(), name, mark),

  list: async (client, managedBy) => listRoles(await client.maintenance(), managedBy),
});
