import { parseAttributeValue } from "../domain/attribute-value.ts";
import type { NamedValue } from "../domain/entries.ts";
import { asciiLower, compareBytes } from "../domain/letter-case.ts";
import type { PublicAttributes } from "../domain/schema.ts";

/** A value that the client sent. */
export interface AttributeValueInput {
  readonly name: string;
  readonly value: readonly string[];
}

/** The members of users that are attributes as well. */
export interface NameFields {
  readonly firstName?: string | null;
  readonly lastName?: string | null;
  readonly avatar?: string | null;
}

/**
 * The sent attributes in the order of their names, in lower case, with the values of `fields` for those that were not
 * sent. The last one counts if a name was sent twice. Source: crates/graphql-server/src/mutation/helpers.rs:
 * consolidate_attributes
 */
export function withFields(sent: readonly AttributeValueInput[], fields: NameFields): AttributeValueInput[] {
  const all = new Map(sent.map(({ name, value }) => [asciiLower(name), value]));
  const { firstName, lastName, avatar } = fields;
  for (const [name, text] of Object.entries({ first_name: firstName, last_name: lastName, avatar })) {
    if (text !== null && text !== undefined && !all.has(name)) all.set(name, [text]);
  }
  return [...all].map(([name, value]) => ({ name, value })).sort((one, other) => compareBytes(one.name, other.name));
}

/** Source: crates/graphql-server/src/mutation/helpers.rs: deserialize_attribute */
export function parseValue(schema: PublicAttributes, sent: AttributeValueInput, isAdmin: boolean): NamedValue {
  const attribute = schema.find(asciiLower(sent.name));
  if (attribute === undefined) throw new Error(`Attribute ${sent.name} is not defined in the schema`);
  if (attribute.isReadonly) throw new Error(`Permission denied: Attribute ${sent.name} is read-only`);
  if (!isAdmin && !attribute.isEditable) {
    throw new Error(`Permission denied: Attribute ${sent.name} is not editable by regular users`);
  }
  const value = parseAttributeValue(sent.value, attribute.attributeType, attribute.isList);
  if (value === undefined) throw new Error(`While deserializing attribute ${sent.name}`);
  return { name: attribute.name, value };
}

/** Values of a user, of which two are columns of their own. */
export interface UserValues {
  readonly email: string | undefined;
  readonly displayName: string | undefined;
  readonly others: readonly NamedValue[];
}

/** Source: crates/graphql-server/src/mutation/helpers.rs: unpack_attributes */
export function parseUserValues(
  schema: PublicAttributes,
  sent: readonly AttributeValueInput[],
  isAdmin: boolean,
): UserValues {
  const single = (name: string): string | undefined => {
    const found = sent.find((attribute) => attribute.name === name);
    return found === undefined ? undefined : parseValue(schema, found, isAdmin).value.values[0];
  };
  return {
    email: single("mail"),
    displayName: single("display_name"),
    others: sent
      .filter(({ name }) => name !== "mail" && name !== "display_name")
      .map((attribute) => parseValue(schema, attribute, isAdmin)),
  };
}
