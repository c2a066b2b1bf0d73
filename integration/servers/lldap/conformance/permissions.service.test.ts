import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import type { GraphqlCalls } from "../graphql-calls.ts";
import { groupDn, LdapCalls, userDn } from "../ldap-calls.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`permissions of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });

  const createBob = async (...groups: readonly string[]): Promise<GraphqlCalls> =>
    await entries.createAccount("bob", "password", ...groups);

  test.each([
    ["a password manager", ["lldap_password_manager"]],
    ["a reader of everything", ["lldap_strict_readonly"]],
    ["a regular user", []],
  ])("%s may not write anything but its own user", async (_, groups) => {
    await entries.createUser("carol");
    const group = await entries.createGroup("team");
    const bob = await createBob(...groups);
    const refused = {
      'createUser(user: { id: "new", email: "new" }) { id }': "Unauthorized user creation",
      'updateUser(user: { id: "carol" }) { ok }': "Unauthorized user update",
      'deleteUser(userId: "carol") { ok }': "Unauthorized user deletion",
      'createGroup(name: "new") { id }': "Unauthorized group creation",
      'createGroupWithDetails(request: { displayName: "new" }) { id }': "Unauthorized group creation",
      [`updateGroup(group: { id: ${group} }) { ok }`]: "Unauthorized group update",
      [`deleteGroup(groupId: ${group}) { ok }`]: "Unauthorized group deletion",
      [`addUserToGroup(userId: "bob", groupId: ${group}) { ok }`]: "Unauthorized group membership modification",
      [`removeUserFromGroup(userId: "bob", groupId: ${group}) { ok }`]: "Unauthorized group membership modification",
      'addUserAttribute(name: "a", attributeType: STRING, isList: false, isVisible: true, isEditable: true) { ok }':
        "Unauthorized attribute creation",
      'deleteGroupAttribute(name: "a") { ok }': "Unauthorized attribute deletion",
      'addGroupObjectClass(name: "a") { ok }': "Unauthorized object class addition",
      'deleteUserObjectClass(name: "a") { ok }': "Unauthorized object class deletion",
    };
    for (const [field, message] of Object.entries(refused)) {
      await expect(bob.graphql(`mutation { ${field} }`), field).rejects.toThrow(message);
    }
    await bob.graphql(
      'mutation { updateUser(user: { id: "bob", email: "new@example.com", displayName: "B" }) { ok } }',
    );
  });

  test.each(["lldap_password_manager", "lldap_strict_readonly"] as const)(
    "a member of %s may read everything",
    async (role) => {
      await entries.addAttribute("User", "hidden", "STRING", { isVisible: false });
      await entries.createUser("carol", { attributes: [{ name: "hidden", value: ["x"] }] });
      const bob = await createBob(role);
      const filter = '{ users(filters: { eq: { field: "hidden", value: "x" } }) { id attributes { name } } }';
      expect(await bob.graphql(filter)).toMatchObject({
        users: [{ id: "carol", attributes: expect.arrayContaining([{ name: "hidden" }]) }],
      });
      expect(await bob.graphql("{ group(groupId: 1) { users { id } } }")).toEqual({
        group: { users: [{ id: server().username }] },
      });
    },
  );

  test("a regular user may read its own user, the names of its groups, and no invisible attribute", async () => {
    await entries.addAttribute("User", "hidden", "STRING", { isVisible: false });
    const group = await entries.createGroup("team");
    const bob = await createBob("team");
    await entries.updateUser("bob", { insertAttributes: [{ name: "hidden", value: ["x"] }] });
    const own = await bob.graphql('{ user(userId: "bob") { attributes { name } groups { displayName } } }');
    expect(own).toMatchObject({ user: { groups: [{ displayName: "team" }] } });
    expect(JSON.stringify([own, await bob.graphql("{ schema { userSchema { attributes { name } } } }")])).not.toContain(
      "hidden",
    );
    const refused = {
      'user(userId: "ghost") { id }': "Unauthorized access to user data",
      "users { id }": "Unauthorized access to user list",
      "groups { id }": "Unauthorized access to group list",
      [`group(groupId: ${group}) { id }`]: "Unauthorized access to group data",
      'user(userId: "bob") { groups { users { id } } }': "Unauthorized access to group data",
    };
    for (const [field, message] of Object.entries(refused)) {
      await expect(bob.graphql(`{ ${field} }`), field).rejects.toThrow(message);
    }
  });

  test("a user writes only editable attributes, but may remove each of its own, also an invisible one", async () => {
    await entries.addAttribute("User", "mine", "STRING", { isEditable: true });
    await entries.addAttribute("User", "mark", "STRING", { isVisible: false });
    await entries.addAttribute("User", "other", "STRING");
    const bob = await createBob();
    await entries.updateUser("bob", { insertAttributes: [set("mark"), set("other")] });
    const update = async (user: unknown): Promise<unknown> =>
      await bob.graphql("mutation ($user: UpdateUserInput!) { updateUser(user: $user) { ok } }", { user });
    await update({ id: "bob", insertAttributes: [set("mine")] });
    await expect(update({ id: "bob", insertAttributes: [set("mark")] })).rejects.toThrow(
      "Permission denied: Attribute mark is not editable by regular users",
    );
    await update({ id: "bob", removeAttributes: ["mark"] });
    await update({ id: "bob", insertAttributes: [{ name: "other", value: [""] }] });
    const { values } = await entries.user("bob");
    expect(values).toMatchObject({ mine: ["x"] });
    expect(values).not.toHaveProperty("mark");
    expect(values).not.toHaveProperty("other");
  });

  test("a token keeps the permission of the login", async () => {
    const bob = await createBob("lldap_admin");
    await bob.token();
    await entries.removeMember("bob", 1);
    await bob.graphql('mutation { createGroup(name: "team") { id } }');
    const again = await entries.createAccount("carol", "password");
    await again.token();
    await entries.addMember("carol", 1);
    await expect(again.graphql("{ users { id } }")).rejects.toThrow("Unauthorized access to user list");
  });

  test("the token of a deleted user is the token of a new user with its id", async () => {
    const bob = await createBob();
    await bob.token();
    await entries.deleteUser("bob");
    const own = '{ user(userId: "bob") { email } }';
    await expect(bob.graphql(own)).rejects.toThrow("Entity not found: `bob`");
    await entries.createUser("bob", { email: "another@example.com" });
    expect(await bob.graphql(own)).toEqual({ user: { email: "another@example.com" } });
    expect(await entries.hasPassword("bob", "password")).toBe(false);
  });

  /** `bob` and a group with a value that is invisible, and `carol` in the same group. */
  async function createInvisible(): Promise<void> {
    for (const kind of ["User", "Group"] as const) {
      await entries.addAttribute(kind, "mark", "STRING", { isVisible: false });
    }
    await entries.createGroup("other");
    await entries.createGroup("team", { attributes: [set("mark")] });
    await createBob("team");
    await entries.updateUser("bob", { insertAttributes: [set("mark")] });
    await entries.createAccount("carol", "password", "team");
  }

  test.each(["lldap_password_manager", "lldap_strict_readonly"])(
    "a member of %s finds everything by LDAP",
    async (group) => {
      await createInvisible();
      await entries.addMember("carol", await entries.groupId(group));
      await using ldap = await LdapCalls.of(server(), "carol", "password");
      expect(await ldap.search(server().baseDn, { filter: "(mark=x)" })).toMatchObject([
        { dn: userDn(server(), "bob"), mark: "x" },
        { dn: groupDn(server(), "team"), mark: "x" },
      ]);
    },
  );

  test("a regular user finds itself and its groups by LDAP, with invisible values, but without other members", async () => {
    await createInvisible();
    await using ldap = await LdapCalls.of(server(), "bob", "password");
    expect(await ldap.search(server().baseDn, { filter: "(objectClass=*)" })).toMatchObject([
      { dn: userDn(server(), "bob"), mark: "x" },
      { dn: groupDn(server(), "team"), member: userDn(server(), "bob"), mark: "x" },
    ]);
    for (const filter of ["(mark=x)", "(mark=*)"]) {
      expect(await ldap.search(server().baseDn, { filter }), filter).toEqual([]);
    }
  });
});

const set = (name: string): unknown => ({ name, value: ["x"] });
