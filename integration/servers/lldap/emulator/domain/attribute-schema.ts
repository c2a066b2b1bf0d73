import type { AttributeType } from "./attribute-value.ts";
import { notUnique } from "./errors.ts";
import { compareBytes } from "./letter-case.ts";

/** One attribute of users or of groups, as GraphQL shows it. */
export interface AttributeSchema {
  /** In lower case. */
  readonly name: string;
  readonly attributeType: AttributeType;
  readonly isList: boolean;
  readonly isVisible: boolean;
  readonly isEditable: boolean;
  readonly isHardcoded: boolean;
  readonly isReadonly: boolean;
}

export type Kind = "user" | "group";

/** The attributes of a kind of entry that have a row per entry: custom ones, and three of users. */
export class StoredAttributes {
  readonly #kind: Kind;
  readonly #attributes = new Map<string, AttributeSchema>();

  constructor(kind: Kind) {
    this.#kind = kind;
    for (const attribute of kind === "user" ? storedUserAttributes : [])
      this.#attributes.set(attribute.name, attribute);
  }

  find(name: string): AttributeSchema | undefined {
    return this.#attributes.get(name);
  }

  add(attribute: AttributeSchema): void {
    const table = `${this.#kind}_attribute_schema`;
    if (this.#attributes.has(attribute.name)) throw notUnique(`${table}.${table}_name`, 1555);
    this.#attributes.set(attribute.name, attribute);
  }

  remove(name: string): void {
    this.#attributes.delete(name);
  }

  /** In the order of their names. */
  all(): AttributeSchema[] {
    return [...this.#attributes.values()].sort((one, other) => compareBytes(one.name, other.name));
  }
}

/**
 * The attributes that clients know: the stored ones, and those that lldap computes. A custom attribute with the name of
 * a computed one comes first, so that it hides the latter. Source: crates/domain/src/public_schema.rs
 */
export const withComputed = (kind: Kind, stored: readonly AttributeSchema[]): AttributeSchema[] =>
  [...stored, ...(kind === "user" ? computedUserAttributes : computedGroupAttributes)].sort((one, other) =>
    compareBytes(one.name, other.name),
  );

const hardcoded = (name: string, attributeType: AttributeType, isReadonly: boolean): AttributeSchema => ({
  name,
  attributeType,
  isList: false,
  isVisible: true,
  isEditable: !isReadonly,
  isHardcoded: true,
  isReadonly,
});

const storedUserAttributes = [
  hardcoded("avatar", "JPEG_PHOTO", false),
  hardcoded("first_name", "STRING", false),
  hardcoded("last_name", "STRING", false),
];

const computedUserAttributes = [
  hardcoded("user_id", "STRING", true),
  hardcoded("creation_date", "DATE_TIME", true),
  hardcoded("modified_date", "DATE_TIME", true),
  hardcoded("password_modified_date", "DATE_TIME", true),
  hardcoded("mail", "STRING", false),
  hardcoded("uuid", "STRING", true),
  hardcoded("display_name", "STRING", false),
];

const computedGroupAttributes = [
  hardcoded("group_id", "INTEGER", true),
  hardcoded("creation_date", "DATE_TIME", true),
  hardcoded("modified_date", "DATE_TIME", true),
  hardcoded("uuid", "STRING", true),
  hardcoded("display_name", "STRING", false),
];
