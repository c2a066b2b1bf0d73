import type { Kind } from "./attribute-schema.ts";
import { adminGroup, passwordManagerGroup, permissionOf, readonlyGroup, type Caller } from "./caller.ts";
import type { Entry, Group } from "./entries.ts";
import { Groups } from "./groups.ts";
import { compareBytes } from "./letter-case.ts";
import { Schema } from "./schema.ts";
import { Users } from "./users.ts";

/** Everything that the emulator stores, with the rules of lldap's database. */
export class Directory {
  readonly schema = new Schema();
  readonly users = new Users(this.schema);
  readonly groups = new Groups(this.schema, this.users);

  /** Contains the built-in groups and the administrator. Source: server/src/main.rs: set_up_server */
  constructor(administrator: string, password: string) {
    const admins = this.groups.create(adminGroup, []);
    this.groups.create(passwordManagerGroup, []);
    this.groups.create(readonlyGroup, []);
    this.users.create({ id: administrator, email: "", displayName: "Administrator", attributes: [] });
    this.users.setPassword(administrator, Buffer.from(password));
    this.groups.addMember(admins.id, administrator);
  }

  /** In the order of the bytes of their names. */
  groupsOf(userId: string): Group[] {
    return this.groups
      .all()
      .filter(({ members }) => members.has(userId))
      .sort((one, other) => compareBytes(one.displayName, other.displayName));
  }

  isAdmin(userId: string): boolean {
    return permissionOf(this.groupsOf(userId).map(({ displayName }) => displayName)) === "admin";
  }

  /** A user with its current permission. */
  callerOf(userId: string): Caller {
    return { userId, permission: permissionOf(this.groupsOf(userId).map(({ displayName }) => displayName)) };
  }

  deleteUser(id: string): void {
    this.users.delete(id);
    this.groups.forget(id);
  }

  /** Deletes a custom attribute together with its values, without changing any date. */
  deleteAttribute(kind: Kind, name: string): void {
    this.schema.stored[kind].remove(name);
    const entries: Entry[] = kind === "user" ? this.users.all() : this.groups.all();
    for (const entry of entries) entry.attributes.delete(name);
  }
}
