// Entries of the access control list: who has which role on a path.
import * as z from "zod/mini";
import type { ProxmoxReader } from "../api/reader.ts";
import { flags, isSet, looseFlag, named, type Flags } from "../api/values.ts";
import { failure } from "../api/failure.ts";

const apiEntry = z.object({
  path: z.string(),
  roleid: z.string(),
  type: z.enum(["user", "group", "token"]),
  ugid: z.string(),
  propagate: z.optional(looseFlag),
});

const apiPermissions = named((value): value is Flags => flags.safeParse(value).success);

/** One entry; `propagates` says whether it counts below its path, too. */
export interface Entry {
  readonly path: string;
  readonly roleId: string;
  readonly type: "group" | "token" | "user";
  readonly subject: string;
  readonly propagates: boolean;
}

/** The entries that the token may see: those whose permissions it may change. */
export async function listEntries(client: ProxmoxReader): Promise<Entry[]> {
  const entries = await client.get("/access/acl", z.array(apiEntry));
  return entries.map(({ path, roleid, type, ugid, propagate }) => ({
    path,
    roleId: roleid,
    type,
    subject: ugid,
    propagates: propagate === undefined || isSet(propagate),
  }));
}

/** All entries of the cluster. Throws if the token may not see every one. */
export async function listAllEntries(client: ProxmoxReader, purpose: string): Promise<Entry[]> {
  const entries = await listEntries(client);
  if ((await privilegesOn(client, "/")).get("Permissions.Modify") === true) return entries;
  throw failure(
    `the token of \`connection.token\` does not see every permission of the cluster, so ${purpose}`,
    "proxmox.permission.denied",
    "Give the token, and its user, a role with Permissions.Modify on the path /, with propagation",
  );
}

/** The privileges of our token on a path, each with whether it propagates. */
export async function privilegesOn(client: ProxmoxReader, path: string): Promise<ReadonlyMap<string, boolean>> {
  const permissions = await client.get("/access/permissions", apiPermissions, { path });
  return new Map(Object.entries(permissions[path] ?? {}).map(([name, propagates]) => [name, isSet(propagates)]));
}

/** `PVEVMUser of user alice@pve on /pool/shop`. */
export const entryInWords = ({ path, roleId, type, subject }: Entry): string =>
  `${roleId} of ${type} ${subject} on ${path}`;
