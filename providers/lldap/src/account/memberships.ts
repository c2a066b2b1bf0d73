import { failure } from "../failure.ts";
import { addUserToGroup, removeUserFromGroup } from "../graphql/operations.ts";
import type { ApiGroupName } from "../graphql/shapes.ts";
import { isSameName } from "../group-name.ts";
import { adminGroup, type Account } from "./account.ts";
import type { AccountWriter } from "./client.ts";
import { lookAt } from "./look.ts";

/** Groups to join, by id, and to leave. */
export interface MembershipChanges {
  readonly join: readonly number[];
  readonly leave: readonly ApiGroupName[];
}

/** Adds the user to groups and removes it from others. */
export async function changeMemberships(
  client: AccountWriter,
  account: Account,
  { join, leave }: MembershipChanges,
): Promise<void> {
  requireNoDemotion(account, leave);
  for (const group of join) await change(client, account, addUserToGroup, group);
  for (const { id } of leave) await change(client, account, removeUserFromGroup, id);
}

async function change(
  client: AccountWriter,
  account: Account,
  operation: typeof addUserToGroup | typeof removeUserFromGroup,
  group: number,
): Promise<void> {
  const refused = await client.tryChange(operation, { user: account.id, group });
  if (refused === undefined) return;
  // lldap rejects what is already so: somebody may have done it meanwhile.
  const { user } = await lookAt(client, account);
  const isIn = user?.groups.some(({ id }) => id === group) ?? false;
  if (user !== undefined && isIn === (operation === addUserToGroup)) return;
  throw await client.explained(refused, "lldap_admin");
}

/** Nobody loses the administration of lldap by an apply: it may be the last one who has it. */
export function requireNoDemotion({ id }: Account, leave: readonly ApiGroupName[]): void {
  if (leave.some(({ displayName }) => isSameName(displayName, adminGroup))) throw administrator(id, "demoted");
}

export const administrator = (id: string, what: "deleted" | "demoted"): Error =>
  failure(
    `the user ${id} is a member of ${adminGroup} and is not ${what}`,
    "lldap.user.administrator",
    `Remove ${id} from ${adminGroup} by hand, then apply again`,
  );
