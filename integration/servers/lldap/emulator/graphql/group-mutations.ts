import { asciiLower } from "../domain/letter-case.ts";
import { Panic } from "../domain/panic.ts";
import { parseValue, type AttributeValueInput } from "./attribute-input.ts";
import { requireAdmin, success, type Context } from "./context.ts";
import { groupView } from "./views.ts";

interface CreateGroupInput {
  readonly displayName: string;
  readonly attributes?: readonly AttributeValueInput[] | null;
}

interface UpdateGroupInput {
  readonly id: number;
  readonly displayName?: string | null;
  readonly removeAttributes?: readonly string[] | null;
  readonly insertAttributes?: readonly AttributeValueInput[] | null;
}

interface Membership {
  readonly userId: string;
  readonly groupId: number;
}

/** The id of `lldap_admin`, which lldap protects. */
const adminGroupId = 1;

/** Source: crates/graphql-server/src/mutation/mod.rs: create_group and those after it */
export const groupMutations = {
  createGroup: ({ name }: { readonly name: string }, context: Context) => create(context, { displayName: name }),

  createGroupWithDetails: ({ request }: { readonly request: CreateGroupInput }, context: Context) =>
    create(context, request),

  updateGroup({ group }: { readonly group: UpdateGroupInput }, context: Context) {
    requireAdmin(context, "Unauthorized group update");
    const sent = group.insertAttributes ?? [];
    const displayName = group.displayName ?? nameAmong(sent);
    if (group.id === adminGroupId && displayName !== undefined) throw new Error("Cannot change lldap_admin group name");
    const { groups, schema } = context.directory;
    const attributes = schema.attributes("group");
    groups.update({
      id: group.id,
      displayName,
      remove: (group.removeAttributes ?? []).filter(isNotName).map(asciiLower),
      insert: sent.filter(({ name }) => isNotName(name)).map((attribute) => parseValue(attributes, attribute, true)),
    });
    return success;
  },

  deleteGroup({ groupId }: { readonly groupId: number }, context: Context) {
    requireAdmin(context, "Unauthorized group deletion");
    if (groupId === adminGroupId) throw new Error("Cannot delete admin group");
    context.directory.groups.delete(groupId);
    return success;
  },

  addUserToGroup({ userId, groupId }: Membership, context: Context) {
    requireAdmin(context, "Unauthorized group membership modification");
    context.directory.groups.addMember(groupId, asciiLower(userId));
    return success;
  },

  removeUserFromGroup({ userId, groupId }: Membership, context: Context) {
    requireAdmin(context, "Unauthorized group membership modification");
    const id = asciiLower(userId);
    if (context.caller.userId === id && groupId === adminGroupId) {
      throw new Error("Cannot remove admin rights for current user");
    }
    context.directory.groups.removeMember(groupId, id);
    return success;
  },
};

function create(context: Context, { displayName, attributes }: CreateGroupInput): unknown {
  requireAdmin(context, "Unauthorized group creation");
  const { groups, schema } = context.directory;
  const known = schema.attributes("group");
  const values = (attributes ?? []).map((attribute) => parseValue(known, attribute, true));
  return groupView(context, groups.create(displayName, values));
}

/** The name is not looked up in any other case of letters. */
const isNotName = (attribute: string): boolean => attribute !== "display_name";

function nameAmong(sent: readonly AttributeValueInput[]): string | undefined {
  const found = sent.find(({ name }) => !isNotName(name));
  if (found === undefined) return undefined;
  const [name] = found.value;
  if (name === undefined) throw new Panic("The first of no values");
  return name;
}
