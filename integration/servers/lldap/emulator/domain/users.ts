import type { AttributeValue } from "./attribute-value.ts";
import { EntityNotFound, internalError, notUnique, nothingUpdated } from "./errors.ts";
import type { NamedValue, User } from "./entries.ts";
import { now } from "./instant.ts";
import { compareBytes } from "./letter-case.ts";
import { hashPassword, isPassword } from "./password.ts";
import type { Schema } from "./schema.ts";
import { uuidOf } from "./uuid.ts";

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly displayName: string | undefined;
  readonly attributes: readonly NamedValue[];
}

/** Undefined members keep their values. */
export interface UserUpdate {
  readonly id: string;
  readonly email: string | undefined;
  readonly displayName: string | undefined;
  /** Names in lower case. They are removed before `insert` is written. */
  readonly remove: readonly string[];
  readonly insert: readonly NamedValue[];
}

/** The table of users. Source: crates/sql-backend-handler/src/sql_user_backend_handler.rs */
export class Users {
  readonly #schema: Schema;
  readonly #users = new Map<string, User>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  /** In the order of their ids. */
  all(): User[] {
    return [...this.#users.values()].sort((one, other) => compareBytes(one.id, other.id));
  }

  has(id: string): boolean {
    return this.#users.has(id);
  }

  get(id: string): User {
    const user = this.#users.get(id);
    if (user === undefined) throw new EntityNotFound(id);
    return user;
  }

  create({ id, email, displayName, attributes }: NewUser): User {
    for (const { name } of attributes) {
      if (this.#isStored(name)) continue;
      throw internalError(`Attribute name ${name} doesn't exist in the user schema,${continuation}`);
    }
    this.#requireFree(email, id);
    if (this.has(id)) throw notUnique("users.user_id", 1555);
    const created = now();
    const user: User = {
      id,
      email,
      displayName: emptyAsNull(displayName) ?? null,
      uuid: uuidOf(id, created),
      created,
      modified: created,
      passwordModified: created,
      password: null,
      attributes: new Map(attributes.map(({ name, value }) => [name, value])),
    };
    this.#users.set(id, user);
    return user;
  }

  /** Changes the date of modification even if nothing else changes. */
  update({ id, email, displayName, remove, insert }: UserUpdate): void {
    this.#requireStored(
      insert.map(({ name }) => name),
      "inserted in",
    );
    this.#requireStored(remove, "removed from");
    const user = this.#users.get(id);
    if (user === undefined) throw nothingUpdated();
    if (email !== undefined) {
      this.#requireFree(email, id);
      user.email = email;
    }
    if (displayName !== undefined) user.displayName = emptyAsNull(displayName) ?? null;
    user.attributes = withChanges(user.attributes, remove, insert);
    user.modified = now();
  }

  delete(id: string): void {
    if (!this.#users.delete(id)) throw new EntityNotFound(`No such user: '${id}'`);
  }

  /** Source: crates/sql-backend-handler/src/sql_opaque_handler.rs: registration_finish */
  setPassword(id: string, password: Buffer): void {
    const user = this.#users.get(id);
    if (user === undefined) throw nothingUpdated();
    user.password = hashPassword(password);
    user.passwordModified = user.modified = now();
  }

  /** False too for a user that does not exist or has no password. */
  hasPassword(id: string, password: Buffer): boolean {
    const hash = this.#users.get(id)?.password ?? null;
    return hash !== null && isPassword(hash, password);
  }

  #requireFree(email: string, ownId: string): void {
    const lower = email.toLowerCase();
    const isTaken = this.all().some((user) => user.email.toLowerCase() === lower && user.id !== ownId);
    // A new user with the id and the address of another one violates both indexes; SQLite reports this one.
    if (isTaken) throw notUnique("users.lowercase_email", 2067);
  }

  #requireStored(names: readonly string[], action: "inserted in" | "removed from"): void {
    const missing = names.find((name) => !this.#isStored(name));
    if (missing === undefined) return;
    throw internalError(
      `User attribute name ${missing} doesn't exist in the schema, yet was attempted to be ${action} the database`,
    );
  }

  #isStored(name: string): boolean {
    return this.#schema.stored.user.find(name) !== undefined;
  }
}

/** lldap's message continues on a line of its own. */
export const continuation = `\n${" ".repeat(36)}yet was attempted to be inserted in the database`;

/** Source: crates/sql-backend-handler/src/sql_user_backend_handler.rs: to_value */
const emptyAsNull = (text: string | undefined): string | null | undefined => (text === "" ? null : text);

export function withChanges(
  before: ReadonlyMap<string, AttributeValue>,
  remove: readonly string[],
  insert: readonly NamedValue[],
): Map<string, AttributeValue> {
  const after = new Map(before);
  for (const name of remove) after.delete(name);
  for (const { name, value } of insert) after.set(name, value);
  return after;
}
