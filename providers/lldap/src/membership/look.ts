import type { Mark, ProviderError } from "@nixops4-resources/protocol-core";
import { adminGroup } from "../account/account.ts";
import { readDeclared } from "../account/declared.ts";
import { isMember } from "../account/look.ts";
import type { Connection } from "../connection.ts";
import { failure } from "../failure.ts";
import { lookUpMembership } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import type { ApiGroupName, ApiUser } from "../graphql/shapes.ts";
import { isSameName } from "../group-name.ts";
import { markOf } from "../marks.ts";

export interface Want {
  readonly user: string;
  readonly group: string;
  readonly allowAdmin: boolean;
  readonly managedBy: string;
  readonly connection: Connection;
}

/** All that one request tells about a membership. */
export interface Look {
  readonly user: ApiUser | undefined;
  readonly group: ApiGroupName | undefined;
  readonly isMember: boolean;
}

export async function lookAt(client: LldapReader, { user: id, group: name }: Want): Promise<Look> {
  const { users, groups } = await client.ask(lookUpMembership, { user: id });
  const [user] = users;
  return {
    user,
    group: groups.find(({ displayName }) => isSameName(displayName, name)),
    isMember: user !== undefined && isMember(user, name),
  };
}

/** The mark of a user whose own resource declares this membership; undefined if none does. */
export function declaredAtUser({ user }: Look, { group }: Want): Mark | undefined {
  if (user === undefined) return undefined;
  return readDeclared(user).groups.some((name) => isSameName(name, group)) ? markOf(user) : undefined;
}

/** The mark of a user whose own resource decides on this membership: one of this deployment, or one that declares it. */
export function managerOf(look: Look, want: Want): Mark | undefined {
  const mark = look.user && markOf(look.user);
  return mark?.managedBy === want.managedBy ? mark : declaredAtUser(look, want);
}

export const managed = ({ user, group, managedBy }: Want, mark: Mark): ProviderError =>
  mark.managedBy === managedBy
    ? failure(
        `this deployment manages the user ${user} and its groups`,
        "lldap.membership.managed",
        `Remove this resource, and declare ${group} in \`groups\` of that user`,
      )
    : failure(
        `the deployment ${mark.managedBy} manages the user ${user} and declares the group ${group} for it`,
        "lldap.membership.managed",
        "Remove this resource",
      );

/** Why the inputs contradict each other; undefined if they do not. */
export const contradiction = ({ group, allowAdmin }: Want): ProviderError | undefined =>
  allowAdmin || !isSameName(group, adminGroup)
    ? undefined
    : failure(
        `\`group\` is ${adminGroup}, whose members may do everything`,
        "lldap.account.contradiction",
        "Set `allowAdmin = true`, or choose another group",
      );
