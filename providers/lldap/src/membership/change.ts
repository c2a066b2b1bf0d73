import { AlreadyExists, type ProviderError } from "@nixops4-resources/protocol-core";
import { adminGroup } from "../account/account.ts";
import { administrator } from "../account/memberships.ts";
import { failure, groupsMissing, userMissing } from "../failure.ts";
import { addUserToGroup, removeUserFromGroup } from "../graphql/operations.ts";
import type { ApiGroupName } from "../graphql/shapes.ts";
import type { LldapWriter } from "../graphql/writer.ts";
import { isSameName } from "../group-name.ts";
import { whileLocked } from "../lock.ts";
import { declaredAtUser, lookAt, managed, managerOf, type Look, type Want } from "./look.ts";

/** Adds the user to the group. lldap rejects a second time, so the look decides. */
export async function add(client: LldapWriter, want: Want): Promise<void> {
  await whileUserLocked(want, async () => {
    const { id } = requirePossible(want, await lookAt(client, want));
    const refused = await client.tryChange(addUserToGroup, { user: want.user, group: id });
    if (refused === undefined) return;
    requirePossible(want, await lookAt(client, want));
    throw await client.explained(refused, "lldap_admin");
  });
}

/** The group, if the user can join it. */
function requirePossible(want: Want, look: Look): ApiGroupName {
  const { user, group } = look;
  if (user === undefined) throw userMissing(want.user);
  if (group === undefined) throw groupsMissing([want.group]);
  const manager = managerOf(look, want);
  if (manager !== undefined) throw managed(want, manager);
  if (look.isMember) throw new AlreadyExists(want.user);
  return group;
}

/** Removes the user from the group, unless a resource of the user itself declares the membership by now. */
export async function remove(client: LldapWriter, want: Want): Promise<void> {
  if (isSameName(want.group, adminGroup)) throw administrator(want.user, "demoted");
  await whileUserLocked(want, async () => {
    const look = await lookAt(client, want);
    if (!isOurs(look, want) || look.group === undefined) return;
    const refused = await client.tryChange(removeUserFromGroup, { user: want.user, group: look.group.id });
    if (!isOurs(await lookAt(client, want), want)) return;
    throw refused === undefined ? ineffective(want) : await client.explained(refused, "lldap_admin");
  });
}

const isOurs = (look: Look, want: Want): boolean => look.isMember && declaredAtUser(look, want) === undefined;

/** A user resource changes memberships under the same lock. */
const whileUserLocked = ({ user, connection }: Want, work: () => Promise<void>): Promise<void> =>
  whileLocked("user", { name: user, connection }, work);

const ineffective = ({ user, group }: Want): ProviderError =>
  failure(
    `${user} is still a member of ${group}, although lldap accepted the removal`,
    "lldap.change.ineffective",
    "Apply again; if the error remains, check what is between this machine and lldap",
  );
