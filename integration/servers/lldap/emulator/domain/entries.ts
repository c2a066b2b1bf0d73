import type { AttributeValue } from "./attribute-value.ts";
import type { Instant } from "./instant.ts";
import type { PasswordHash } from "./password.ts";

/** What users and groups have in common. */
export interface Entry {
  readonly uuid: string;
  readonly created: Instant;
  modified: Instant;
  /** Values of stored attributes by name. */
  attributes: Map<string, AttributeValue>;
}

export interface User extends Entry {
  /** Its ASCII letters are in lower case. */
  readonly id: string;
  email: string;
  displayName: string | null;
  passwordModified: Instant;
  password: PasswordHash | null;
}

export interface Group extends Entry {
  readonly id: number;
  displayName: string;
  /** Ids of users, in the order in which they were added. */
  readonly members: Set<string>;
}

/** A value to write; its attribute is in the public schema. */
export interface NamedValue {
  readonly name: string;
  readonly value: AttributeValue;
}
