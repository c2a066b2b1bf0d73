import { parseAttributeValue, toLdap } from "../domain/attribute-value.ts";
import type { Directory } from "../domain/directory.ts";
import type { User } from "../domain/entries.ts";
import { toGeneralizedTime } from "../domain/instant.ts";
import { asciiLower } from "../domain/letter-case.ts";
import type { PublicAttributes } from "../domain/schema.ts";
import { fieldOfUser, type AttributeField } from "../domain/user-fields.ts";
import { always, never, or, type Filter } from "../domain/condition.ts";
import {
  attributeEquals,
  attributeIsPresent,
  columnEquals,
  columnMatches,
  isMemberOf,
  type UserColumn,
  type UserFilter,
} from "../domain/user-filter.ts";
import type { Entry } from "../domain/entries.ts";
import type { Tree } from "./dn.ts";
import { chosenAttributes, type LdapEntry } from "./entry-attributes.ts";
import type { Condition } from "./filter.ts";
import { LdapFailure } from "./result-code.ts";

/** What a search needs to know. */
export interface SearchContext {
  readonly directory: Directory;
  readonly tree: Tree;
  /** The attributes that the caller may know. */
  readonly schema: PublicAttributes;
}

/** Source: crates/ldap/src/core/user.rs: convert_user_filter */
export function userCondition({ directory, tree, schema }: SearchContext, condition: Condition): UserFilter {
  const field = fieldOfUser(asciiLower(condition.field), schema);
  if (field.kind === "unknown") return never;
  if (condition.kind === "present") {
    return field.kind === "attribute" ? attributeIsPresent(field.name) : always;
  }
  if (condition.kind === "like") {
    const isSearchable = field.kind === "column" && field.column !== "created" && field.column !== "uuid";
    if (isSearchable) return columnMatches(field.column, condition.pattern);
    const name = `AttributeName(CaseInsensitiveString("${asciiLower(condition.field)}"))`;
    throw new LdapFailure("unwillingToPerform", `Unsupported user attribute for substring filter: ${name}`);
  }
  const lower = asciiLower(condition.value);
  switch (field.kind) {
    case "column":
      return or((field.column === "displayName" ? [condition.value, lower] : [lower]).map(equalsIn(field.column)));
    case "attribute":
      return attributeCondition(field, condition.value);
    case "objectClass":
      return directory.schema.classes.user.has(lower) ? always : never;
    case "memberOf":
      return orNever(() => isMemberOf(directory, tree.groupOrPlain(lower)));
    case "dn":
    case "entryDn":
    default:
      return orNever(() => columnEquals("id", tree.userOrPlain(lower)));
  }
}

const equalsIn =
  (column: UserColumn) =>
  (value: string): UserFilter =>
    columnEquals(column, value);

/** Matches the value as it is or in lower case. A value that does not fit the type matches nothing. */
export function attributeCondition({ name, type, isList }: AttributeField, value: string): Filter<Entry> {
  if (isList) {
    throw new LdapFailure("unwillingToPerform", `Equality filter on list attribute "${name}" is not supported`);
  }
  const parsed = [value, asciiLower(value)].map((text) => parseAttributeValue([text], type, false));
  const filters = parsed.flatMap((one) => (one === undefined ? [] : [attributeEquals(name, one)]));
  return filters.length === parsed.length ? or(filters) : never;
}

/** A name that is not in the tree matches nothing. */
export function orNever<Subject>(make: () => Filter<Subject>): Filter<Subject> {
  try {
    return make();
  } catch (error) {
    if (error instanceof LdapFailure) return never;
    throw error;
  }
}

const allAttributes = "objectclass uid mail givenname sn cn jpegPhoto createtimestamp entryuuid".split(" ");

/** Source: crates/ldap/src/core/user.rs: make_ldap_search_user_result_entry */
export function userEntry(context: SearchContext, user: User, requested: readonly string[]): LdapEntry {
  const attributes = chosenAttributes(requested, allAttributes, [...user.attributes.keys()], (name) =>
    valuesOf(context, user, name),
  );
  return { dn: context.tree.userDn(user.id), attributes };
}

/** Custom attributes are there even if the caller does not know them. */
function valuesOf({ directory, tree, schema }: SearchContext, user: User, name: string): Buffer[] | null {
  const field = fieldOfUser(name, schema);
  switch (field.kind) {
    case "objectClass":
      return directory.schema.classes.user.all().map(bytes);
    case "dn":
      return null;
    case "entryDn":
      return [bytes(tree.userDn(user.id))];
    case "memberOf":
      return directory.groupsOf(user.id).map(({ displayName }) => bytes(tree.groupDn(displayName)));
    case "column":
      return columnValue(user, field.column);
    case "attribute":
      return storedValue(user, field.name);
    case "unknown":
    default:
      return storedValue(user, name);
  }
}

function columnValue(user: User, column: UserColumn): Buffer[] | null {
  switch (column) {
    case "created":
    case "modified":
    case "passwordModified":
      return [bytes(toGeneralizedTime(user[column]))];
    case "displayName":
      return user.displayName === null ? null : [bytes(user.displayName)];
    case "id":
    case "email":
    case "uuid":
    default:
      return [bytes(user[column])];
  }
}

export function storedValue({ attributes }: Entry, name: string): Buffer[] | null {
  const value = attributes.get(name);
  return value === undefined ? null : toLdap(value);
}

const bytes = (text: string): Buffer => Buffer.from(text);
