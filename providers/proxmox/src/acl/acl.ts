import { defineResource, somethingElse } from "@nixops4-resources/protocol-core";
import { failure, isRejected } from "../api/failure.ts";
import { connectReader, type Parameters } from "../api/reader.ts";
import { toFlag } from "../api/values.ts";
import { connectWriter, type ProxmoxWriter } from "../api/writer.ts";
import { connection } from "../connection.ts";
import { whileLocked } from "../lock.ts";
import { inputs, ownerOf, outputs, requireOneSubject, subjectsOf, type Inputs, type Subject } from "./inputs.ts";
import { lookAt, requireSight } from "./look.ts";

/** Our inputs by Proxmox's parameters. */
const names = {
  path: "path",
  roles: "roleId",
  users: "user",
  groups: "group",
  tokens: "token",
  propagate: "propagate",
};

const another = "Declare another `acl`, and destroy this one: the old permission would stay";

export default defineResource({
  type: "acl",
  description:
    "A permission: a role of a user, a group or a token on a path. Proxmox keeps no comment with it, so it carries no mark, and each resource changes only the permission that it declares. Declare each permission once.",
  requireState: false,
  identity: ["path", "roleId", "user", "group", "token"],
  connection,
  inputs,
  outputs,
  immutable: { path: another, roleId: another, user: another, group: another, token: another },
  stableOutputs: ["subjects"],
  leastRights:
    "The token needs `Permissions.Modify` on the path. A token with privileges that it gives to others on `/` can give itself every right.",
  example: { path: "/pool/shop", roleId: "PVEVMUser", token: "shop@pve!deploy" },

  label: ({ path, roleId, user, group, token }) => `${roleId} of ${user ?? group ?? token ?? "nobody"} on ${path}`,
  connectReader,
  connectWriter,

  async read(client, want) {
    requireOneSubject(want);
    const { removable, propagates = somethingElse } = await lookAt(client, want);
    if (removable.length === 0) {
      await requireSight(client, want.path);
      return undefined;
    }
    const { path, roleId, user, group, token } = want;
    return {
      mark: undefined,
      inputs: { path, roleId, user, group, token, propagate: propagates },
      outputs: { subjects: idsOf(subjectsOf(want)).toSorted() },
    };
  },

  create: (client, want) => write(client, want),
  update: (client, want) => write(client, want),

  delete: (client, want) =>
    whileLocked("acl", lockOf(want), async () => {
      const { removable } = await lookAt(client, want);
      if (removable.length === 0) return;
      const subjects = removable.map(({ type, subject }) => ({ type, id: subject }));
      try {
        await client.change("PUT", "/access/acl", { ...toParameters(want, subjects), delete: 1 }, names);
      } catch (error) {
        if (!isRejected(error) || (await lookAt(client, want)).removable.length > 0) throw error;
      }
    }),
});

/** One call gives the role to all who do not have it as declared. */
const write = (client: ProxmoxWriter, want: Inputs): Promise<void> =>
  whileLocked("acl", lockOf(want), async () => {
    const { unsettled } = await lookAt(client, want);
    if (unsettled.length === 0) return;
    const parameters = { ...toParameters(want, unsettled), propagate: toFlag(want.propagate) };
    try {
      await client.change("PUT", "/access/acl", parameters, names);
    } catch (error) {
      const missing = isRejected(error) ? missingIn(error.words) : undefined;
      throw missing === undefined ? error : missingObject(missing);
    }
  });

/** Tokens of one user share the user's entry. */
const lockOf = ({ path, roleId, user, group, token }: Inputs): string =>
  [path, roleId, user ?? group ?? (token === null ? "" : ownerOf(token))].join(" ");

function toParameters({ path, roleId }: Inputs, subjects: readonly Subject[]): Parameters {
  const listOf = (wanted: Subject["type"]): string | undefined => {
    const ids = idsOf(subjects.filter(({ type }) => type === wanted));
    return ids.length === 0 ? undefined : ids.join(",");
  };
  return { path, roles: roleId, users: listOf("user"), groups: listOf("group"), tokens: listOf("token") };
}

const idsOf = (subjects: readonly Subject[]): string[] => subjects.map(({ id }) => id);

/** `ACL update failed: role 'zz' does not exist`, `ACL update failed: no such token 'zz' for user 'ta@pve'` */
const missingIn = (words: string): string | undefined =>
  /^ACL update failed: ((?:role|user|group) '[^']+' does not exist|no such (?:user|token).*)$/.exec(words)?.[1];

const missingObject = (words: string): Error =>
  failure(
    `Proxmox says: ${words}`,
    "proxmox.acl.missing",
    "Create it first, and take its id from the outputs of that resource",
  );
