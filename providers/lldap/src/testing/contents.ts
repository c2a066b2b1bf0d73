import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import * as z from "zod/mini";

const attribute = z.object({ name: z.string(), value: z.array(z.string()) });
const schema = z.object({
  attributes: z.array(
    z.object({
      name: z.string(),
      attributeType: z.string(),
      isList: z.boolean(),
      isVisible: z.boolean(),
      isEditable: z.boolean(),
      isHardcoded: z.boolean(),
    }),
  ),
});
const contents = z.object({
  users: z.array(
    z.object({
      id: z.string(),
      uuid: z.string(),
      attributes: z.array(attribute),
      groups: z.array(z.object({ displayName: z.string() })),
    }),
  ),
  groups: z.array(z.object({ id: z.int(), displayName: z.string(), uuid: z.string(), attributes: z.array(attribute) })),
  schema: z.object({ userSchema: schema, groupSchema: schema }),
});

/** Everything that a server of lldap contains. */
export type Contents = z.output<typeof contents>;

const fields = "attributes { name attributeType isList isVisible isEditable isHardcoded }";

export async function contentsOf(server: LldapServer): Promise<Contents> {
  const answer = await server.graphql(`query {
    users { id uuid attributes { name value } groups { displayName } }
    groups { id displayName uuid attributes { name value } }
    schema { userSchema { ${fields} } groupSchema { ${fields} } }
  }`);
  return contents.parse(answer);
}

/** Attributes whose values differ between two equal runs, or belong to our marks. */
const passing = new Set(["creation_date", "modified_date", "password_modified_date", "uuid", "group_id"]);

/** The same without what differs between two equal runs. Our own attributes stay in lldap's schema for ever. */
export function comparable({ users, groups, schema: { userSchema, groupSchema } }: Contents): Comparable {
  return {
    users: users
      .map(({ id, attributes, groups: memberships }) => ({
        id,
        attributes: comparableAttributes(attributes),
        groups: memberships.map(({ displayName }) => displayName).toSorted(),
      }))
      .toSorted(byName(({ id }) => id)),
    groups: groups
      .map(({ displayName, attributes }) => ({ displayName, attributes: comparableAttributes(attributes) }))
      .toSorted(byName(({ displayName }) => displayName)),
    userAttributes: custom(userSchema),
    groupAttributes: custom(groupSchema),
  };
}

interface Comparable {
  readonly users: readonly { readonly id: string; readonly attributes: unknown; readonly groups: readonly string[] }[];
  readonly groups: readonly { readonly displayName: string; readonly attributes: unknown }[];
  readonly userAttributes: unknown;
  readonly groupAttributes: unknown;
}

const comparableAttributes = (attributes: z.output<typeof attribute>[]): unknown =>
  attributes
    .filter(({ name }) => !passing.has(name))
    .map(({ name, value }) => ({
      name,
      value: value.map((one) => one.replace(/"lockedAt":"[^"]*"/, '"lockedAt":"a time"')),
    }))
    .toSorted(byName(({ name }) => name));

const custom = ({ attributes }: z.output<typeof schema>): unknown =>
  attributes
    .filter(({ name, isHardcoded }) => !isHardcoded && !name.startsWith("nixops4-"))
    .toSorted(byName(({ name }) => name));

const byName =
  <T>(nameOf: (one: T) => string) =>
  (one: T, other: T): number =>
    nameOf(one) < nameOf(other) ? -1 : 1;
