import {
  EntityNotFound,
  internalError,
  noSuchReference,
  notUnique,
  nothingUpdated,
  transactionError,
} from "./errors.ts";
import type { Group, NamedValue } from "./entries.ts";
import { now } from "./instant.ts";
import { compareWithoutCase } from "./letter-case.ts";
import type { Schema } from "./schema.ts";
import { continuation, withChanges, type Users } from "./users.ts";
import { uuidOf } from "./uuid.ts";

/** An undefined name is kept. */
export interface GroupUpdate {
  readonly id: number;
  readonly displayName: string | undefined;
  /** Names in lower case. They are removed before `insert` is written. */
  readonly remove: readonly string[];
  readonly insert: readonly NamedValue[];
}

/** The tables of groups and memberships. Source: crates/sql-backend-handler/src/sql_group_backend_handler.rs */
export class Groups {
  readonly #schema: Schema;
  readonly #users: Users;
  readonly #groups = new Map<number, Group>();
  /** Ids are not used again. */
  #lastId = 0;

  constructor(schema: Schema, users: Users) {
    this.#schema = schema;
    this.#users = users;
  }

  /** In the order of their names, without regard to case. */
  all(): Group[] {
    return [...this.#groups.values()].sort((one, other) => compareWithoutCase(one.displayName, other.displayName));
  }

  get(id: number): Group {
    const group = this.#groups.get(id);
    if (group === undefined) throw new EntityNotFound(String(id));
    return group;
  }

  create(displayName: string, attributes: readonly NamedValue[]): Group {
    this.#requireFree(displayName, undefined);
    for (const { name } of attributes) {
      if (this.#isStored(name)) continue;
      throw internalError(`Attribute name ${name} doesn't exist in the group schema,${continuation}`);
    }
    if (new Set(attributes.map(({ name }) => name)).size < attributes.length) {
      throw notUnique("group_attributes.group_attribute_group_id, group_attributes.group_attribute_name", 1555);
    }
    const created = now();
    const group: Group = {
      id: ++this.#lastId,
      displayName,
      uuid: uuidOf(displayName, created),
      created,
      modified: created,
      attributes: withChanges(new Map(), [], attributes),
      members: new Set(),
    };
    this.#groups.set(group.id, group);
    return group;
  }

  /** Changes the date of modification even if nothing else changes. */
  update({ id, displayName, remove, insert }: GroupUpdate): void {
    const group = this.#groups.get(id);
    if (group === undefined) throw nothingUpdated();
    if (displayName !== undefined) this.#requireFree(displayName, id);
    this.#requireStored(
      insert.map(({ name }) => name),
      "inserted in",
    );
    this.#requireStored(remove, "removed from");
    if (displayName !== undefined) group.displayName = displayName;
    group.attributes = withChanges(group.attributes, remove, insert);
    group.modified = now();
  }

  delete(id: number): void {
    if (!this.#groups.delete(id)) throw new EntityNotFound(`No such group: '${id}'`);
  }

  // Memberships: crates/sql-backend-handler/src/sql_user_backend_handler.rs. They change the group's date, not the user's.

  addMember(id: number, userId: string): void {
    const group = this.#groups.get(id);
    if (group === undefined || !this.#users.has(userId)) throw noSuchReference();
    if (group.members.has(userId)) {
      throw notUnique("memberships.user_id, memberships.group_id", 2067, transactionError);
    }
    group.members.add(userId);
    group.modified = now();
  }

  removeMember(id: number, userId: string): void {
    const group = this.#groups.get(id);
    if (group?.members.delete(userId) !== true) throw new EntityNotFound(`No such membership: '${userId}' -> ${id}`);
    group.modified = now();
  }

  /** The groups of a user that was deleted keep their dates. */
  forget(userId: string): void {
    for (const group of this.#groups.values()) group.members.delete(userId);
  }

  #requireFree(displayName: string, ownId: number | undefined): void {
    const lower = displayName.toLowerCase();
    const isTaken = this.all().some((group) => group.displayName.toLowerCase() === lower && group.id !== ownId);
    if (isTaken) throw notUnique("groups.lowercase_display_name", 2067);
  }

  #requireStored(names: readonly string[], action: "inserted in" | "removed from"): void {
    const missing = names.find((name) => !this.#isStored(name));
    if (missing === undefined) return;
    throw internalError(
      `Group attribute name ${missing} doesn't exist in the schema, yet was attempted to be ${action} the database`,
    );
  }

  #isStored(name: string): boolean {
    return this.#schema.stored.group.find(name) !== undefined;
  }
}
