import { parseAttributeValue } from "../domain/attribute-value.ts";
import type { Directory } from "../domain/directory.ts";
import { asciiLower } from "../domain/letter-case.ts";
import type { PublicAttributes } from "../domain/schema.ts";
import { fieldOfUser } from "../domain/user-fields.ts";
import { and, not, or } from "../domain/condition.ts";
import { attributeEquals, columnEquals, isMemberOf, isMemberOfId, type UserFilter } from "../domain/user-filter.ts";

/** Exactly one member is set. */
export interface RequestFilter {
  readonly all?: readonly RequestFilter[] | null;
  readonly any?: readonly RequestFilter[] | null;
  readonly not?: RequestFilter | null;
  readonly eq?: { readonly field: string; readonly value: string } | null;
  readonly memberOf?: string | null;
  readonly memberOfId?: number | null;
}

/** Source: crates/graphql-server/src/query/filters.rs: try_into_domain_filter */
export function userFilter(directory: Directory, schema: PublicAttributes, sent: RequestFilter): UserFilter {
  const set = Object.values(sent).filter((value) => value !== null && value !== undefined);
  if (set.length > 1) throw new Error("Multiple fields specified in request filter");
  const inner = (filter: RequestFilter): UserFilter => userFilter(directory, schema, filter);
  if (isSet(sent.eq)) return equality(directory, schema, sent.eq);
  if (isSet(sent.any)) return or(sent.any.map(inner));
  if (isSet(sent.all)) return and(sent.all.map(inner));
  if (isSet(sent.not)) return not(inner(sent.not));
  if (isSet(sent.memberOf)) return isMemberOf(directory, sent.memberOf);
  if (isSet(sent.memberOfId)) return isMemberOfId(directory, sent.memberOfId);
  throw new Error("No field specified in request filter");
}

const isSet = <Value>(value: Value | null | undefined): value is Value => value !== null && value !== undefined;

function equality(
  directory: Directory,
  schema: PublicAttributes,
  { field: name, value }: NonNullable<RequestFilter["eq"]>,
): UserFilter {
  const field = fieldOfUser(asciiLower(name), schema);
  switch (field.kind) {
    case "unknown":
      throw new Error(`Unknown request filter: ${name}`);
    case "column":
      return columnEquals(field.column, value);
    case "memberOf":
      return isMemberOf(directory, value);
    case "objectClass":
    case "dn":
    case "entryDn":
      throw new Error("Ldap fields not supported in request filter");
    case "attribute":
    default: {
      if (field.isList) throw new Error("Equality not supported for list fields");
      const parsed = parseAttributeValue([value], field.type, false);
      if (parsed === undefined) throw new Error(`While deserializing attribute ${field.name}`);
      return attributeEquals(field.name, parsed);
    }
  }
}
