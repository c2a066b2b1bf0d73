import type { Group } from "../domain/entries.ts";
import { toRfc3339 } from "../domain/instant.ts";
import { asciiLower } from "../domain/letter-case.ts";
import type { PublicAttributes } from "../domain/schema.ts";
import { storedField, type AttributeField } from "../domain/user-fields.ts";
import { always, like, never, type Filter } from "../domain/condition.ts";
import { attributeIsPresent } from "../domain/user-filter.ts";
import { chosenAttributes, type LdapEntry } from "./entry-attributes.ts";
import type { Condition } from "./filter.ts";
import { LdapFailure } from "./result-code.ts";
import { attributeCondition, orNever, storedValue, type SearchContext } from "./user-search.ts";

type GroupFieldName =
  | "dn"
  | "entryDn"
  | "objectClass"
  | "displayName"
  | "created"
  | "modified"
  | "member"
  | "uuid"
  | "id";
type GroupField = { readonly kind: GroupFieldName | "unknown" } | AttributeField;

/** Source: crates/ldap/src/core/utils.rs: map_group_field */
const groupFields: ReadonlyMap<string, GroupFieldName> = new Map(
  Object.entries<GroupFieldName>({
    dn: "dn",
    distinguishedname: "dn",
    entrydn: "entryDn",
    objectclass: "objectClass",
    cn: "displayName",
    displayname: "displayName",
    uid: "displayName",
    display_name: "displayName",
    id: "displayName",
    creationdate: "created",
    createtimestamp: "created",
    creation_date: "created",
    modifytimestamp: "modified",
    modifydate: "modified",
    modified_date: "modified",
    member: "member",
    uniquemember: "member",
    entryuuid: "uuid",
    uuid: "uuid",
    group_id: "id",
    groupid: "id",
  }),
);

function fieldOfGroup(name: string, schema: PublicAttributes): GroupField {
  const known = groupFields.get(name);
  return known === undefined ? (storedField(name, schema) ?? { kind: "unknown" }) : { kind: known };
}

/** Source: crates/ldap/src/core/group.rs: convert_group_filter */
export function groupCondition(context: SearchContext, condition: Condition): Filter<Group> {
  const name = asciiLower(condition.field);
  const field = fieldOfGroup(name, context.schema);
  if (field.kind === "unknown") return never;
  switch (condition.kind) {
    case "present":
      return field.kind === "attribute" ? attributeIsPresent(field.name) : always;
    case "like":
      if (field.kind === "displayName") return ({ displayName }) => like(displayName.toLowerCase(), condition.pattern);
      throw new LdapFailure("unwillingToPerform", `Unsupported group attribute for substring filter: "${name}"`);
    case "equal":
    default:
      return equality(context, field, condition.value);
  }
}

const uuidPattern = /^[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}$/;

function equality(
  { directory, tree }: SearchContext,
  field: Exclude<GroupField, { kind: "unknown" }> | { readonly kind: "unknown" },
  value: string,
): Filter<Group> {
  const lower = asciiLower(value);
  switch (field.kind) {
    case "id":
      return ({ id }) => /^[+-]?\d+$/.test(lower) && Number(lower) === id;
    case "displayName":
      return hasName(lower);
    case "uuid":
      if (!uuidPattern.test(lower)) throw new LdapFailure("other", "Invalid UUID");
      return ({ uuid }) => uuid.replaceAll("-", "") === lower.replaceAll("-", "");
    case "member":
      return orNever(() => {
        const id = tree.userOrPlain(lower);
        return ({ members }) => members.has(id);
      });
    case "objectClass":
      return directory.schema.classes.group.has(lower) ? always : never;
    case "dn":
    case "entryDn":
      return orNever(() => hasName(tree.groupOrPlain(lower)));
    case "attribute":
      return attributeCondition(field, value);
    case "created":
      throw new LdapFailure("unwillingToPerform", "Creation date filter for groups not supported");
    case "modified":
      throw new LdapFailure("unwillingToPerform", "Modified date filter for groups not supported");
    case "unknown":
    default:
      return never;
  }
}

const hasName =
  (name: string): Filter<Group> =>
  ({ displayName }) =>
    displayName.toLowerCase() === name.toLowerCase();

const allAttributes = "objectclass uid cn member uniquemember entryuuid".split(" ");

/** With `onlyMember`, other members are not shown. Source: crates/ldap/src/core/group.rs: get_group_attribute */
export function groupEntry(
  context: SearchContext,
  group: Group,
  requested: readonly string[],
  onlyMember: string | undefined,
): LdapEntry {
  const attributes = chosenAttributes(requested, allAttributes, [...group.attributes.keys()], (name) =>
    valuesOf(context, group, name, onlyMember),
  );
  return { dn: context.tree.groupDn(group.displayName), attributes };
}

function valuesOf(
  { directory, tree, schema }: SearchContext,
  group: Group,
  name: string,
  onlyMember: string | undefined,
): Buffer[] | null {
  const field = fieldOfGroup(name, schema);
  switch (field.kind) {
    case "objectClass":
      return directory.schema.classes.group.all().map(bytes);
    case "dn":
      return null;
    case "entryDn":
      return [bytes(`uid=${group.displayName},ou=groups,${tree.base}`)];
    case "id":
      return [bytes(String(group.id))];
    case "displayName":
    case "uuid":
      return [bytes(group[field.kind])];
    case "created":
    case "modified":
      return [bytes(toRfc3339(group[field.kind], "+00:00"))];
    case "member":
      return [...group.members]
        .filter((id) => onlyMember === undefined || id === onlyMember)
        .map((id) => bytes(tree.userDn(id)));
    case "attribute":
      return storedValue(group, field.name);
    case "unknown":
    default:
      return storedValue(group, name);
  }
}

const bytes = (text: string): Buffer => Buffer.from(text);
