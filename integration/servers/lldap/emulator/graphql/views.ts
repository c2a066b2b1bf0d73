import type { AttributeSchema } from "../domain/attribute-schema.ts";
import type { Entry, Group, User } from "../domain/entries.ts";
import { toRfc3339, type Instant } from "../domain/instant.ts";
import { compareBytes } from "../domain/letter-case.ts";
import { requireReader, type Context } from "./context.ts";

interface ValueView {
  readonly name: string;
  readonly value: readonly string[];
  readonly schema: AttributeSchema;
}

/** A user as GraphQL shows it to the caller. Source: crates/graphql-server/src/query/user.rs */
export function userView(context: Context, user: User): unknown {
  const attributes = valuesOf(context.directory.schema.attributesFor(context.caller, "user").all, user, {
    user_id: user.id,
    creation_date: date(user.created),
    modified_date: date(user.modified),
    password_modified_date: date(user.passwordModified),
    mail: user.email,
    uuid: user.uuid,
    display_name: user.displayName,
  });
  const valueOf = (name: string): string | undefined =>
    attributes.find((attribute) => attribute.name === name)?.value[0];
  return {
    id: user.id,
    uuid: user.uuid,
    creationDate: toRfc3339(user.created, "Z"),
    email: user.email,
    displayName: user.displayName ?? "",
    firstName: valueOf("first_name") ?? "",
    lastName: valueOf("last_name") ?? "",
    avatar: valueOf("avatar") ?? null,
    attributes,
    // Without their custom attributes. Source: crates/domain-model/src/model/groups.rs: GroupDetails::from
    groups: () =>
      context.directory.groupsOf(user.id).map((group) => groupView(context, { ...group, attributes: new Map() })),
  };
}

/** A group as GraphQL shows it to the caller. Source: crates/graphql-server/src/query/group.rs */
export function groupView(context: Context, group: Group): unknown {
  return {
    id: group.id,
    uuid: group.uuid,
    creationDate: toRfc3339(group.created, "Z"),
    displayName: group.displayName,
    attributes: valuesOf(context.directory.schema.attributesFor(context.caller, "group").all, group, {
      group_id: String(group.id),
      creation_date: date(group.created),
      modified_date: date(group.modified),
      uuid: group.uuid,
      display_name: group.displayName,
    }),
    users() {
      requireReader(context, "Unauthorized access to group data");
      const users = context.directory.users.all().filter(({ id }) => group.members.has(id));
      return users.map((user) => userView(context, user));
    },
  };
}

/**
 * First the computed values, then the stored ones, each in the order of their names. Source:
 * crates/graphql-server/src/query/attribute.rs
 */
function valuesOf(
  schema: readonly AttributeSchema[],
  entry: Entry,
  computed: Readonly<Record<string, string | null>>,
): ValueView[] {
  const shown = schema.flatMap((attribute) => {
    const value = attribute.isHardcoded ? (computed[attribute.name] ?? null) : null;
    return value === null ? [] : [{ name: attribute.name, value: [value], schema: attribute }];
  });
  const stored = [...entry.attributes].sort(([one], [other]) => compareBytes(one, other));
  for (const [name, { values }] of stored) {
    const attribute = schema.find((candidate) => candidate.name === name);
    if (attribute !== undefined) shown.push({ name, value: [...values], schema: attribute });
  }
  return shown;
}

const date = (instant: Instant): string => toRfc3339(instant, "+00:00");
