import { AlreadyExists, defineResource, option, readMark } from "@nixops4-resources/protocol-core";
import { lowering } from "@nixops4-resources/protocol-core/lowering";
import { connectReader, connectWriter, connection, sqlStateOf } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { listRoles, selectRole } from "./catalog.ts";
import { inputs } from "./inputs.ts";
import { lostMemberships } from "./membership.ts";
import { seenPassword } from "./password.ts";
import { planReassign, reassign, reassignmentOf, rejectSelf } from "./reassign.ts";
import { alterRole, commentOnRole, createRole, dropRole } from "./statements.ts";

export default defineResource({
  type: "role",
  description: "A role of the server: a user, or a group of users. All databases of the server share it.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs: {
    name: option(
      z.string(),
      "Name of the role, for resources that need the role to exist: owners of databases, members, grantees.",
    ),
  },
  immutable: {
    name: "Rename the role manually (ALTER ROLE old RENAME TO new), which clears an MD5 password; or declare a new resource and destroy this one. A new role does not own what the old role owns",
  },
  secret: ["password"],
  lowering: lowering(inputs, { memberOf: lostMemberships }),
  stableOutputs: ["name"],
  leastRights:
    "CREATEROLE. On PostgreSQL 16 and later also ADMIN on roles that this account did not create. To give CREATEDB, REPLICATION or BYPASSRLS to a role, the account needs that attribute itself. To give SUPERUSER, and to read stored passwords, it must be superuser; otherwise the provider checks a password by logging in as the role. With `reassignOwnedTo`, also `CONNECT` on each database concerned and the right to act as that role: membership in it, on PostgreSQL 16 and later with `SET TRUE`.",
  example: { name: "mastodon", login: true, password: { file: "/run/secrets/mastodon-db" }, connectionLimit: 50 },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    rejectSelf(want);
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
      // PostgreSQL reports 23505 if a client that does not take our lock runs CREATE ROLE at the same time.
      if (["42710", "23505"].includes(sqlStateOf(error) ?? "")) throw new AlreadyExists(want.name, { cause: error });
      throw error;
    }
  },

  update: async (client, want, change) => alterRole(await client.maintenance(), want, change),

  async planDelete(client, want) {
    const reassignment = reassignmentOf(want);
    return reassignment && (await planReassign(client, reassignment));
  },

  async delete(client, want, { mark }) {
    const reassignment = reassignmentOf(want);
    if (reassignment !== undefined) await reassign(client, reassignment, mark);
    await dropRole(await client.maintenance(), want.name, mark);
  },

  setMark: async (client, { name }, mark, expected) => commentOnRole(await client.maintenance(), name, mark, expected),

  list: async (client, managedBy) => listRoles(await client.maintenance(), managedBy),
});
