/** The types of lldap's GraphQL API. A test compares them with the published schema. */
export const sdl = `
scalar DateTime

enum AttributeType { STRING INTEGER JPEG_PHOTO DATE_TIME }

type Query {
  apiVersion: String!
  schema: Schema!
  user(userId: String!): User!
  users(filters: RequestFilter): [User!]!
  group(groupId: Int!): Group!
  groups: [Group!]!
}

type Mutation {
  createUser(user: CreateUserInput!): User!
  updateUser(user: UpdateUserInput!): Success!
  deleteUser(userId: String!): Success!

  createGroup(name: String!): Group!
  createGroupWithDetails(request: CreateGroupInput!): Group!
  updateGroup(group: UpdateGroupInput!): Success!
  deleteGroup(groupId: Int!): Success!

  addUserToGroup(userId: String!, groupId: Int!): Success!
  removeUserFromGroup(userId: String!, groupId: Int!): Success!

  addUserAttribute(
    name: String!, attributeType: AttributeType!, isList: Boolean!, isVisible: Boolean!, isEditable: Boolean!
  ): Success!
  addGroupAttribute(
    name: String!, attributeType: AttributeType!, isList: Boolean!, isVisible: Boolean!, isEditable: Boolean!
  ): Success!
  deleteUserAttribute(name: String!): Success!
  deleteGroupAttribute(name: String!): Success!

  addUserObjectClass(name: String!): Success!
  addGroupObjectClass(name: String!): Success!
  deleteUserObjectClass(name: String!): Success!
  deleteGroupObjectClass(name: String!): Success!
}

type Success { ok: Boolean! }

type User {
  id: String!
  uuid: String!
  creationDate: DateTime!
  email: String!
  displayName: String!
  firstName: String!
  lastName: String!
  avatar: String
  attributes: [AttributeValue!]!
  groups: [Group!]!
}

type Group {
  id: Int!
  uuid: String!
  creationDate: DateTime!
  displayName: String!
  attributes: [AttributeValue!]!
  users: [User!]!
}

type AttributeValue { name: String! value: [String!]! schema: AttributeSchema! }

type Schema { userSchema: AttributeList! groupSchema: AttributeList! }

type AttributeList {
  attributes: [AttributeSchema!]!
  ldapObjectClasses: [ObjectClassInfo!]!
  extraLdapObjectClasses: [String!]!
}

type AttributeSchema {
  name: String!
  attributeType: AttributeType!
  isList: Boolean!
  isVisible: Boolean!
  isEditable: Boolean!
  isHardcoded: Boolean!
  isReadonly: Boolean!
}

type ObjectClassInfo { objectClass: String! isHardcoded: Boolean! }

input AttributeValueInput { name: String! value: [String!]! }

input CreateUserInput {
  id: String!
  email: String
  displayName: String
  firstName: String
  lastName: String
  avatar: String
  attributes: [AttributeValueInput!]
}

input UpdateUserInput {
  id: String!
  email: String
  displayName: String
  firstName: String
  lastName: String
  avatar: String
  removeAttributes: [String!]
  insertAttributes: [AttributeValueInput!]
}

input CreateGroupInput { displayName: String! attributes: [AttributeValueInput!] }

input UpdateGroupInput {
  id: Int!
  displayName: String
  removeAttributes: [String!]
  insertAttributes: [AttributeValueInput!]
}

input RequestFilter {
  all: [RequestFilter!]
  any: [RequestFilter!]
  not: RequestFilter
  eq: EqualityConstraint
  memberOf: String
  memberOfId: Int
}

input EqualityConstraint { field: String! value: String! }
`;
