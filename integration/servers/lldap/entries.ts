import * as z from "zod";
import { GraphqlCalls } from "./graphql-calls.ts";
import { LdapCalls, userDn } from "./ldap-calls.ts";
import type { LldapServer } from "./lldap.ts";

/** Members of a user that the tests write, beside its id. */
export type UserMembers = Readonly<Record<string, unknown>>;

export type AttributeKind = "User" | "Group";
type AttributeFlags = Partial<Readonly<Record<"isList" | "isVisible" | "isEditable", boolean>>>;

const attributes = z.array(z.object({ name: z.string(), value: z.array(z.string()) }));
const userAnswer = z.object({ user: z.object({ attributes }).loose() });
const groupAnswer = z.object({ group: z.object({ attributes }).loose() });
const allGroups = z.object({ groups: z.array(z.object({ id: z.int(), displayName: z.string() })) });
const createdGroup = z.object({ createGroupWithDetails: z.object({ id: z.int() }) });

/** Users, groups and attributes of a server, past the provider. Each call throws the server's message. */
export class Entries {
  readonly #server: LldapServer;

  constructor(server: LldapServer) {
    this.#server = server;
  }

  /** The e-mail address is `<id>@example.com` by default. */
  async createUser(id: string, members: UserMembers = {}): Promise<void> {
    const user = { id, email: `${id}@example.com`, ...members };
    await this.#run("mutation ($user: CreateUserInput!) { createUser(user: $user) { id } }", { user });
  }

  /** A user with a password, in the groups with these names. */
  async createAccount(id: string, password: string, ...groups: readonly string[]): Promise<GraphqlCalls> {
    await this.createUser(id);
    await this.setPassword(id, password);
    for (const group of groups) await this.addMember(id, await this.groupId(group));
    return new GraphqlCalls(this.#server.url, { username: id, password });
  }

  async updateUser(id: string, members: UserMembers): Promise<void> {
    const user = { id, ...members };
    await this.#run("mutation ($user: UpdateUserInput!) { updateUser(user: $user) { ok } }", { user });
  }

  async deleteUser(id: string): Promise<void> {
    await this.#run("mutation ($id: String!) { deleteUser(userId: $id) { ok } }", { id });
  }

  /** Members of the user, and its attributes by name. */
  async user(id: string, members = "id"): Promise<{ values: Record<string, string[]>; [member: string]: unknown }> {
    const query = `query ($id: String!) { user(userId: $id) { ${members} attributes { name value } } }`;
    const { user } = userAnswer.parse(await this.#run(query, { id }));
    return { ...user, values: byName(user.attributes) };
  }

  async createGroup(displayName: string, members: Readonly<Record<string, unknown>> = {}): Promise<number> {
    const query = "mutation ($request: CreateGroupInput!) { createGroupWithDetails(request: $request) { id } }";
    const answer = await this.#run(query, { request: { displayName, ...members } });
    return createdGroup.parse(answer).createGroupWithDetails.id;
  }

  async updateGroup(id: number, members: Readonly<Record<string, unknown>>): Promise<void> {
    const group = { id, ...members };
    await this.#run("mutation ($group: UpdateGroupInput!) { updateGroup(group: $group) { ok } }", { group });
  }

  async deleteGroup(id: number): Promise<void> {
    await this.#run("mutation ($id: Int!) { deleteGroup(groupId: $id) { ok } }", { id });
  }

  async groupId(name: string): Promise<number> {
    const { groups } = allGroups.parse(await this.#run("{ groups { id displayName } }", {}));
    const found = groups.find(({ displayName }) => displayName === name);
    if (found === undefined) throw new Error(`The group ${name} does not exist`);
    return found.id;
  }

  async group(id: number, members = "id"): Promise<{ values: Record<string, string[]>; [member: string]: unknown }> {
    const query = `query ($id: Int!) { group(groupId: $id) { ${members} attributes { name value } } }`;
    const { group } = groupAnswer.parse(await this.#run(query, { id }));
    return { ...group, values: byName(group.attributes) };
  }

  async addMember(user: string, group: number): Promise<void> {
    const query = "mutation ($user: String!, $group: Int!) { addUserToGroup(userId: $user, groupId: $group) { ok } }";
    await this.#run(query, { user, group });
  }

  async removeMember(user: string, group: number): Promise<void> {
    const call = "removeUserFromGroup(userId: $user, groupId: $group) { ok }";
    await this.#run(`mutation ($user: String!, $group: Int!) { ${call} }`, { user, group });
  }

  /** A visible attribute with one value, by default. */
  async addAttribute(kind: AttributeKind, name: string, type = "STRING", flags: AttributeFlags = {}): Promise<void> {
    const { isList = false, isVisible = true, isEditable = false } = flags;
    const call = `add${kind}Attribute(name: $name, attributeType: ${type},
      isList: ${isList}, isVisible: ${isVisible}, isEditable: ${isEditable}) { ok }`;
    await this.#run(`mutation ($name: String!) { ${call} }`, { name });
  }

  async deleteAttribute(kind: AttributeKind, name: string): Promise<void> {
    await this.#run(`mutation ($name: String!) { delete${kind}Attribute(name: $name) { ok } }`, { name });
  }

  async setPassword(id: string, newPassword: string | Buffer): Promise<void> {
    await using ldap = await LdapCalls.ofAdministrator(this.#server);
    await ldap.modifyPassword({ identity: userDn(this.#server, id), newPassword });
  }

  /** Whether a bind with this password succeeds. */
  async hasPassword(id: string, password: string): Promise<boolean> {
    await using ldap = new LdapCalls(this.#server.ldapUrl);
    try {
      await ldap.bind(userDn(this.#server, id), password);
      return true;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === 49) return false;
      throw error;
    }
  }

  async #run(query: string, variables: Record<string, unknown>): Promise<unknown> {
    return await this.#server.graphql(query, variables);
  }
}

const byName = (values: z.output<typeof attributes>): Record<string, string[]> =>
  Object.fromEntries(values.map(({ name, value }) => [name, value]));
