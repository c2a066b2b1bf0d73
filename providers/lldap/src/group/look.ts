import { failure } from "../failure.ts";
import { lookUpGroups } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import type { ApiAttributeSchema, ApiGroup } from "../graphql/shapes.ts";
import { isSameName } from "../group-name.ts";
import { markOf } from "../marks.ts";
import { readDeclared } from "./declared.ts";

/** All groups, and the attributes that groups can have: lldap has no filter for groups. */
export interface Look {
  readonly groups: readonly ApiGroup[];
  readonly schema: readonly ApiAttributeSchema[];
}

export async function lookAtGroups(client: LldapReader): Promise<Look> {
  const { groups, schema } = await client.ask(lookUpGroups);
  return { groups, schema: schema.groupSchema.attributes };
}

/** The groups that a name can mean. Usually both are one. */
export interface Matches {
  /** The group that has the name. */
  readonly named: ApiGroup | undefined;
  /** The group that the deployment declared, whatever its name is now. */
  readonly own: ApiGroup | undefined;
}

/**
 * A person may have renamed the deployment's group, and then a new one would have no members: what it declared says which
 * group it is. `previousName` is the name in the inputs of the last apply.
 */
export function findGroup(
  { groups }: Pick<Look, "groups">,
  { name, managedBy }: { name: string; managedBy: string },
  previousName?: string,
): Matches {
  const named = groups.find(({ displayName }) => isSameName(displayName, name));
  const ours = groups.filter((group) => markOf(group)?.managedBy === managedBy);
  const declaredAs = (wanted: string): ApiGroup[] =>
    ours.filter((group) => isSameName(readDeclared(group).name ?? group.displayName, wanted));
  const declared = declaredAs(name);
  if (named !== undefined && (declared.includes(named) || (declared.length === 0 && ours.includes(named)))) {
    return { named, own: named };
  }
  return { named, own: declared[0] ?? (previousName === undefined ? undefined : declaredAs(previousName)[0]) };
}

/** The deployment's group cannot get its name. */
export const nameTaken = (wanted: string, own: ApiGroup): Error =>
  failure(
    `another group has the name ${wanted}, and the group of this deployment is called ${own.displayName} now`,
    "lldap.group.nameTaken",
    `Rename or delete the other group ${wanted} by hand, then apply again`,
  );
