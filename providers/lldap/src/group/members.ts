import { failure } from "../failure.ts";
import { lookUpMembers, lookUpSomeMembers } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import { ownerAttribute, possibleMarks } from "../marks.ts";

/** Types whose objects can be members of a group. */
const memberTypes = ["user", "service_account"];

/** How many members a message names. */
const most = 5;

/** Throws if the group has members that the deployment does not manage: people put them there by hand. */
export async function requireNoOtherMembers(client: LldapReader, managedBy: string, group: number): Promise<void> {
  const { users, schema } = await client.ask(lookUpMembers, { group });
  if (users.length === 0) return;
  const ours = schema.userSchema.attributes.some(({ name }) => name === ownerAttribute)
    ? await lookAtOurs(client, managedBy, group)
    : new Set();
  const others = users.map(({ id }) => id).filter((id) => !ours.has(id));
  if (others.length > 0) throw otherMembers(others.toSorted());
}

async function lookAtOurs(client: LldapReader, managedBy: string, group: number): Promise<ReadonlySet<string>> {
  const marks = memberTypes.flatMap((type) => possibleMarks(managedBy, type));
  const filters = marks.map((value) => ({ eq: { field: ownerAttribute, value } }));
  const { users } = await client.ask(lookUpSomeMembers, { group, filters });
  return new Set(users.map(({ id }) => id));
}

function otherMembers(ids: readonly string[]): Error {
  const named = ids.slice(0, most).join(", ");
  const more = ids.length > most ? ` and ${ids.length - most} more` : "";
  const count = ids.length === 1 ? "a member" : `${ids.length} members`;
  return failure(
    `it has ${count} that this deployment does not manage: ${named}${more}`,
    "lldap.group.members",
    'Set `confirmLoss = true` to delete it nevertheless, or `deletion = "retain"` to keep it',
  );
}
