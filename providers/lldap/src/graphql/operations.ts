// What the provider asks of lldap. Tests compare each text with the published schema.
import * as z from "zod/mini";
import { apiAttributeSchemas, apiGroup, apiGroupNames, apiIds, apiUser } from "./shapes.ts";

/** One document with one operation, and the content of its answer. */
export interface Operation<T> {
  /** Its name, for messages. */
  readonly name: string;
  readonly text: string;
  /** Built when it is needed: making types is a large part of a start. */
  readonly answer: () => z.ZodMiniType<T>;
}

const userFields = "id uuid attributes { name value } groups { id displayName }";
const schemaFields = "attributes { name attributeType isList isVisible isEditable isHardcoded }";
const ok = () => z.object({ ok: z.literal(true) });

/** A user by id, who has an e-mail address, all groups and the attributes that users can have: one request. */
export const lookUpUser = {
  name: "users",
  text: `query($id: String!, $email: String!, $groups: Boolean!) {
    users(filters: { eq: { field: "user_id", value: $id } }) { ${userFields} }
    holders: users(filters: { eq: { field: "mail", value: $email } }) { id }
    groups @include(if: $groups) { id displayName }
    schema { userSchema { ${schemaFields} } }
  }`,
  answer: () =>
    z.object({
      users: z.array(apiUser),
      holders: apiIds,
      groups: z.optional(apiGroupNames),
      schema: z.object({ userSchema: apiAttributeSchemas }),
    }),
};

/** All groups, and the attributes that groups can have. */
export const lookUpGroups = {
  name: "groups",
  text: `query {
    groups { id displayName uuid attributes { name value } }
    schema { groupSchema { ${schemaFields} } }
  }`,
  answer: () => z.object({ groups: z.array(apiGroup), schema: z.object({ groupSchema: apiAttributeSchemas }) }),
};

/** The members of a group, and the attributes that users can have. */
export const lookUpMembers = {
  name: "users",
  text: `query($group: Int!) {
    users(filters: { memberOfId: $group }) { id }
    schema { userSchema { ${schemaFields} } }
  }`,
  answer: () => z.object({ users: apiIds, schema: z.object({ userSchema: apiAttributeSchemas }) }),
};

/** The members of a group that one of the filters finds. lldap rejects a filter by an attribute that it does not have. */
export const lookUpSomeMembers = {
  name: "users",
  text: `query($group: Int!, $filters: [RequestFilter!]!) {
    users(filters: { all: [{ memberOfId: $group }, { any: $filters }] }) { id }
  }`,
  answer: () => z.object({ users: apiIds }),
};

/** A user by id, with its groups, and all groups. */
export const lookUpMembership = {
  name: "users",
  text: `query($user: String!) {
    users(filters: { eq: { field: "user_id", value: $user } }) { ${userFields} }
    groups { id displayName }
  }`,
  answer: () => z.object({ users: z.array(apiUser), groups: apiGroupNames }),
};

/** Users whose attribute has this value. */
export const listUsers = {
  name: "users",
  text: `query($attribute: String!, $value: String!) {
    users(filters: { eq: { field: $attribute, value: $value } }) { id }
  }`,
  answer: () => z.object({ users: apiIds }),
};

/** The attributes that users and groups can have. */
export const lookUpSchema = {
  name: "schema",
  text: `query { schema { userSchema { ${schemaFields} } groupSchema { ${schemaFields} } } }`,
  answer: () => z.object({ schema: z.object({ userSchema: apiAttributeSchemas, groupSchema: apiAttributeSchemas }) }),
};

const holders = () => z.array(z.object({ attributes: z.array(z.object({ name: z.string() })) }));

/** Names of the attributes that each user has. */
export const lookUpUserAttributes = {
  name: "users",
  text: "query { holders: users { attributes { name } } }",
  answer: () => z.object({ holders: holders() }),
};

/** Names of the attributes that each group has. */
export const lookUpGroupAttributes = {
  name: "groups",
  text: "query { holders: groups { attributes { name } } }",
  answer: () => z.object({ holders: holders() }),
};

/** The groups of the provider's own account, which every account may ask for. */
export const lookUpSelf = {
  name: "user",
  text: "query($id: String!) { user(userId: $id) { groups { displayName } } }",
  answer: () => z.object({ user: z.object({ groups: z.array(z.object({ displayName: z.string() })) }) }),
};

export const createUser = {
  name: "createUser",
  text: "mutation($user: CreateUserInput!) { createUser(user: $user) { id } }",
  answer: () => z.object({ createUser: z.object({ id: z.string() }) }),
};

export const updateUser = {
  name: "updateUser",
  text: "mutation($user: UpdateUserInput!) { updateUser(user: $user) { ok } }",
  answer: () => z.object({ updateUser: ok() }),
};

export const deleteUser = {
  name: "deleteUser",
  text: "mutation($id: String!) { deleteUser(userId: $id) { ok } }",
  answer: () => z.object({ deleteUser: ok() }),
};

export const createGroup = {
  name: "createGroupWithDetails",
  text: "mutation($group: CreateGroupInput!) { createGroupWithDetails(request: $group) { id } }",
  answer: () => z.object({ createGroupWithDetails: z.object({ id: z.int() }) }),
};

export const updateGroup = {
  name: "updateGroup",
  text: "mutation($group: UpdateGroupInput!) { updateGroup(group: $group) { ok } }",
  answer: () => z.object({ updateGroup: ok() }),
};

export const deleteGroup = {
  name: "deleteGroup",
  text: "mutation($id: Int!) { deleteGroup(groupId: $id) { ok } }",
  answer: () => z.object({ deleteGroup: ok() }),
};

// Each mutation is a request of its own: lldap runs those of one request at the same time, and one may miss what another does.
export const addUserToGroup = {
  name: "addUserToGroup",
  text: "mutation($user: String!, $group: Int!) { addUserToGroup(userId: $user, groupId: $group) { ok } }",
  answer: () => z.object({ addUserToGroup: ok() }),
};

export const removeUserFromGroup = {
  name: "removeUserFromGroup",
  text: "mutation($user: String!, $group: Int!) { removeUserFromGroup(userId: $user, groupId: $group) { ok } }",
  answer: () => z.object({ removeUserFromGroup: ok() }),
};

const attributeArguments =
  "$name: String!, $attributeType: AttributeType!, $isList: Boolean!, $isVisible: Boolean!, $isEditable: Boolean!";
const attributeValues =
  "name: $name, attributeType: $attributeType, isList: $isList, isVisible: $isVisible, isEditable: $isEditable";

export const addUserAttribute = {
  name: "addUserAttribute",
  text: `mutation(${attributeArguments}) { addUserAttribute(${attributeValues}) { ok } }`,
  answer: () => z.object({ addUserAttribute: ok() }),
};

export const addGroupAttribute = {
  name: "addGroupAttribute",
  text: `mutation(${attributeArguments}) { addGroupAttribute(${attributeValues}) { ok } }`,
  answer: () => z.object({ addGroupAttribute: ok() }),
};

export const deleteUserAttribute = {
  name: "deleteUserAttribute",
  text: "mutation($name: String!) { deleteUserAttribute(name: $name) { ok } }",
  answer: () => z.object({ deleteUserAttribute: ok() }),
};

export const deleteGroupAttribute = {
  name: "deleteGroupAttribute",
  text: "mutation($name: String!) { deleteGroupAttribute(name: $name) { ok } }",
  answer: () => z.object({ deleteGroupAttribute: ok() }),
};
