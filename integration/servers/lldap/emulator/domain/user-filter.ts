import type { AttributeValue } from "./attribute-value.ts";
import type { Directory } from "./directory.ts";
import type { Entry, User } from "./entries.ts";
import { toColumn } from "./instant.ts";
import { like, type Filter } from "./condition.ts";
import { asciiLower } from "./letter-case.ts";

/** Filters of users. Source: crates/sql-backend-handler/src/sql_user_backend_handler.rs: get_user_filter_expr */
export type UserFilter = Filter<User>;

/** Columns of the table of users that a filter can name. */
export type UserColumn = "id" | "email" | "displayName" | "uuid" | "created" | "modified" | "passwordModified";

export const columnEquals =
  (column: UserColumn, value: string): UserFilter =>
  (user) => {
    if (column === "id") return user.id === asciiLower(value);
    if (column === "email") return user.email.toLowerCase() === value.toLowerCase();
    const text = textOf(user, column);
    return text === null ? null : text === value;
  };

/** `pattern` is of SQL: `%` and `_` in it are wildcards, wherever they come from. */
export const columnMatches =
  (column: UserColumn, pattern: string): UserFilter =>
  (user) => {
    const text = textOf(user, column);
    return text === null ? null : like(text, pattern);
  };

export const attributeEquals =
  (name: string, { values }: AttributeValue): Filter<Entry> =>
  ({ attributes }) => {
    const own = attributes.get(name)?.values;
    return own !== undefined && own.length === values.length && own.every((value, index) => value === values[index]);
  };

export const attributeIsPresent =
  (name: string): Filter<Entry> =>
  ({ attributes }) =>
    attributes.has(name);

export const isMemberOf =
  (directory: Directory, group: string): UserFilter =>
  ({ id }) =>
    directory.groupsOf(id).some(({ displayName }) => displayName.toLowerCase() === group.toLowerCase());

export const isMemberOfId =
  (directory: Directory, groupId: number): UserFilter =>
  ({ id }) =>
    directory.groupsOf(id).some((group) => group.id === groupId);

function textOf(user: User, column: UserColumn): string | null {
  switch (column) {
    case "created":
    case "modified":
    case "passwordModified":
      return toColumn(user[column]);
    case "email":
      return user.email.toLowerCase();
    case "id":
    case "uuid":
    case "displayName":
    default:
      return user[column];
  }
}
