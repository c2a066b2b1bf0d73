import { AlreadyExists, defineResource, option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { entryInWords, listAllEntries } from "../acl/entries.ts";
import { failure, isRejected } from "../api/failure.ts";
import { connectReader, type ProxmoxReader } from "../api/reader.ts";
import { flags, isSet } from "../api/values.ts";
import { connectWriter } from "../api/writer.ts";
import { connection } from "../connection.ts";
import { whileLocked } from "../lock.ts";
import { roleIdOf } from "./role-id.ts";

/** Our inputs by Proxmox's parameters. */
const names = { roleid: "name", privs: "privileges" };

const isUnique = (all: readonly string[]): boolean => new Set(all).size === all.length;

export default defineResource({
  type: "role",
  description:
    "A role: a set of privileges that `acl` gives to users, groups and tokens. A role has no comment, so the deployment that manages it is a part of its id: `nixops4.<managedBy>.<name>`.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs: {
    name: option(
      z.string().check(z.regex(/^[A-Za-z0-9._-]{1,100}$/)),
      "Name of the role: 1 to 100 letters, digits, dots, hyphens and underscores. Changing the name declares a different role.",
    ),
    privileges: option(
      z
        .array(z.string().check(z.regex(/^[A-Za-z]+(\.[A-Za-z]+)+$/)))
        .check(z.minLength(1), z.refine(isUnique, "privileges that differ")),
      "All privileges of the role, such as `VM.Audit`, in any order. Proxmox VE 9 has no `VM.Monitor`; earlier versions have no `VM.GuestAgent.Audit`.",
    ),
  },
  outputs: { roleId: option(z.string(), "Id of the role, for `roleId` of `acl`.") },
  immutable: {
    name: "Declare a role of the new name, use it in `acl`, and destroy this one",
  },
  stableOutputs: ["roleId"],
  leastRights:
    "The token needs `Sys.Modify` on the path `/access`. To destroy, it also needs `Permissions.Modify` on `/` with propagation, to see who uses the role. Such a token can give itself every right: use it for the administration of the cluster only.",
  example: { name: "tenant", privileges: ["Pool.Audit", "VM.Audit", "VM.PowerMgmt"] },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want) {
    const roleId = roleIdOf(want);
    const privileges = await findPrivileges(client, roleId);
    if (privileges === undefined) return undefined;
    return {
      mark: undefined,
      inputs: {
        name: want.name,
        privileges: isSameSet(privileges, want.privileges) ? want.privileges : privileges,
      },
      outputs: { roleId },
    };
  },

  create: async (client, want) => {
    const roleId = roleIdOf(want);
    try {
      await client.change("POST", "/access/roles", { roleid: roleId, privs: want.privileges.join(",") }, names);
    } catch (error) {
      if (isRejected(error) && (await findPrivileges(client, roleId)) !== undefined) throw new AlreadyExists(roleId);
      throw error;
    }
  },

  update: (client, want) => client.change("PUT", pathOf(roleIdOf(want)), { privs: want.privileges.join(",") }, names),

  // Proxmox deletes a role in use, and its entries in the access control list without a word.
  delete: async (client, want) => {
    const roleId = roleIdOf(want);
    await whileLocked("role", roleId, async () => {
      const all = await listAllEntries(client, `the use of the role ${roleId} is unknown`);
      const users = all.filter((entry) => entry.roleId === roleId);
      if (users.length > 0) throw inUse(roleId, users.map(entryInWords));
      try {
        await client.remove(pathOf(roleId));
      } catch (error) {
        if (!isRejected(error) || (await findPrivileges(client, roleId)) !== undefined) throw error;
      }
    });
  },
});

const pathOf = (roleId: string): string => `/access/roles/${encodeURIComponent(roleId)}`;

async function findPrivileges(client: ProxmoxReader, roleId: string): Promise<string[] | undefined> {
  const found = await client.find(pathOf(roleId), flags, `role '${roleId}' does not exist`);
  return (
    found &&
    Object.keys(found)
      .filter((name) => isSet(found[name] ?? false))
      .toSorted()
  );
}

const isSameSet = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((one) => others.includes(one));

const inUse = (roleId: string, entries: readonly string[]): Error =>
  failure(
    `the role ${roleId} is in use: ${entries.join(", ")}`,
    "proxmox.role.inUse",
    'Destroy the `acl` resources that use it first, or remove the permissions by hand; `deletion = "retain"` keeps the role',
  );
