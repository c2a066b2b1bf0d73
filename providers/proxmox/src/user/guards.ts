// What must not happen to users.
import { failure } from "../api/failure.ts";
import type { ProxmoxReader } from "../api/reader.ts";
import { entryInWords, listAllEntries, type Entry } from "../acl/entries.ts";
import { rolesOf } from "../role/role-id.ts";
import { isOver } from "../time.ts";
import type { Wanted } from "./inputs.ts";
import type { User } from "./look.ts";
import { administrator } from "./user-id.ts";

/** Whose account it is, if it is one that the provider neither adopts, disables nor deletes. */
async function ownerOf(client: ProxmoxReader, id: string): Promise<string | undefined> {
  if (id === administrator) return "the administrator of the cluster";
  const own = await client.ownToken();
  return own.user === id ? "the user of `connection.token`" : undefined;
}

/** Throws if the account must stay as it is. An own user that this deployment created may still get other settings. */
export async function requireUsable(client: ProxmoxReader, want: Wanted, user: User): Promise<void> {
  const isOurs = user.mark?.managedBy === want.managedBy;
  const isDisabled = !want.enabled || isOver(want.expiresAt);
  if (isOurs && !isDisabled) return;
  const owner = await ownerOf(client, want.userId);
  if (owner !== undefined) throw ownUser(want.userId, owner, isOurs ? "disables" : "adopts");
}

export async function requireDeletable(client: ProxmoxReader, want: Wanted, user: User): Promise<void> {
  const { userId: id, managedBy, confirmLoss } = want;
  const owner = await ownerOf(client, id);
  if (owner !== undefined) throw ownUser(id, owner, "deletes");
  if (confirmLoss) return;
  const tokens = [...user.tokens].flatMap(([name, mark]) => (mark?.managedBy === managedBy ? [] : [`${id}!${name}`]));
  if (tokens.length > 0) throw loss(id, `the tokens ${tokens.join(", ")}, which this deployment does not manage`);
  const all = await listAllEntries(client, `the permissions of the user ${id} are unknown`);
  const entries = all.filter((entry) => isOf(entry, id) && !entry.roleId.startsWith(rolesOf(managedBy)));
  if (entries.length > 0) throw loss(id, `permissions (${entries.map(entryInWords).join(", ")})`);
}

const isOf = ({ type, subject }: Entry, id: string): boolean =>
  (type === "user" && subject === id) || (type === "token" && subject.startsWith(`${id}!`));

const ownUser = (id: string, owner: string, what: "adopts" | "deletes" | "disables"): Error =>
  failure(
    `${id} is ${owner}, which the provider never ${what}`,
    "proxmox.user.own",
    what === "deletes"
      ? 'Set `deletion = "retain"`, or use a token of another user in `connection.token`'
      : "Manage this user by hand, or use a token of another user in `connection.token`",
  );

const loss = (id: string, what: string): Error =>
  failure(
    `Proxmox would delete together with the user ${id}: ${what}`,
    "proxmox.user.loss",
    "Remove them first, or set `confirmLoss = true` to lose them",
  );
