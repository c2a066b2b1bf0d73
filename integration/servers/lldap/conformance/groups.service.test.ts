import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`groups of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });
  const names = async (): Promise<unknown> => await server().graphql("{ groups { displayName } }");

  test("a name keeps its case, and is taken in any case", async () => {
    const id = await entries.createGroup("Team");
    await entries.createGroup("Other");
    await expect(entries.createGroup("tEAM")).rejects.toThrow(/^Database error: /);
    await expect(entries.updateGroup(id, { displayName: "oTHER" })).rejects.toThrow(/^Database error: /);
    await entries.updateGroup(id, { displayName: "TEAM" });
    expect(await entries.group(id, "displayName")).toMatchObject({ displayName: "TEAM" });
  });

  test("lists groups by name without regard to case, and the groups of a user by the bytes of the name", async () => {
    const groups = [await entries.createGroup("b"), await entries.createGroup("A"), await entries.createGroup("C")];
    expect(await names()).toEqual(named("A", "b", "C", ...builtIn));
    await entries.createUser("bob");
    for (const group of groups) await entries.addMember("bob", group);
    const own = named("A", "C", "b");
    expect(await entries.user("bob", "groups { displayName }")).toMatchObject(own);
    expect(
      await server().graphql('{ users(filters: { eq: { field: "id", value: "bob" } }) { groups { displayName } } }'),
    ).toEqual({
      users: [own],
    });
  });

  test("does not use an id again", async () => {
    const first = await entries.createGroup("one");
    await entries.deleteGroup(first);
    expect(await entries.createGroup("one")).toBeGreaterThan(first);
  });

  test("a group has its attributes from the moment of its creation, or does not exist", async () => {
    await entries.addAttribute("Group", "nixops4-owner");
    const mark = { name: "NixOps4-Owner", value: ["mark"] };
    const id = await entries.createGroup("team", { attributes: [mark] });
    expect((await entries.group(id)).values).toMatchObject({ "nixops4-owner": ["mark"] });
    await expect(entries.createGroup("other", { attributes: [mark, mark] })).rejects.toThrow(/^Database error: /);
    await expect(entries.createGroup("other", { attributes: [{ name: "nothing", value: ["x"] }] })).rejects.toThrow(
      "Attribute nothing is not defined in the schema",
    );
    expect(await names()).toEqual(named(...builtIn, "team"));
  });

  test("a group below a user is shown without its custom attributes", async () => {
    await entries.addAttribute("Group", "mark");
    const id = await entries.createGroup("team", { attributes: [{ name: "mark", value: ["x"] }] });
    await entries.createUser("bob");
    await entries.addMember("bob", id);
    const { groups } = await entries.user("bob", "groups { attributes { name } }");
    expect(groups).toEqual([
      {
        attributes: ["creation_date", "display_name", "group_id", "modified_date", "uuid"].map((name) => ({ name })),
      },
    ]);
  });

  test('the value [""] is a value of a group, unlike of a user', async () => {
    await entries.addAttribute("Group", "mark");
    const id = await entries.createGroup("team");
    await entries.updateGroup(id, { insertAttributes: [{ name: "mark", value: [""] }] });
    expect((await entries.group(id)).values).toMatchObject({ mark: [""] });
    await entries.updateGroup(id, { removeAttributes: ["mark"] });
    expect((await entries.group(id)).values).not.toHaveProperty("mark");
  });

  test("a group is renamed by the attribute too, but not created or removed by it", async () => {
    const id = await entries.createGroup("team");
    await entries.updateGroup(id, { insertAttributes: [{ name: "display_name", value: ["crew"] }] });
    await entries.updateGroup(id, { removeAttributes: ["display_name"] });
    expect(await entries.group(id, "displayName")).toMatchObject({ displayName: "crew" });
    await expect(
      entries.createGroup("other", { attributes: [{ name: "display_name", value: ["crew"] }] }),
    ).rejects.toThrow("Internal error: `Attribute name display_name doesn't exist in the group schema");
  });

  test("only the first group of lldap is protected", async () => {
    await expect(entries.deleteGroup(1)).rejects.toThrow("Cannot delete admin group");
    await expect(entries.updateGroup(1, { displayName: "lldap_admin" })).rejects.toThrow(
      "Cannot change lldap_admin group name",
    );
    await entries.updateGroup(1, { removeAttributes: [] });
    await expect(entries.removeMember(server().username, 1)).rejects.toThrow(
      "Cannot remove admin rights for current user",
    );
    for (const name of builtIn.slice(1)) await entries.deleteGroup(await entries.groupId(name));
    expect(await names()).toEqual(named("lldap_admin"));
  });

  test("adding a member twice is an error of the database, and so is a missing user or group", async () => {
    const id = await entries.createGroup("team");
    await entries.createUser("bob");
    await entries.addMember("BOB", id);
    await expect(entries.addMember("bob", id)).rejects.toThrow(/^Database transaction error: /);
    await expect(entries.addMember("ghost", id)).rejects.toThrow(/^Database transaction error: /);
    await expect(entries.addMember("bob", 999_999)).rejects.toThrow(/^Database transaction error: /);
    expect(await entries.group(id, "users { id }")).toMatchObject({ users: [{ id: "bob" }] });
  });

  test("removing a user that is no member is an error, whether the two exist or not", async () => {
    const id = await entries.createGroup("team");
    await entries.createUser("bob");
    await expect(entries.removeMember("Bob", id)).rejects.toThrow(
      `Entity not found: \`No such membership: 'bob' -> ${id}\``,
    );
    await expect(entries.removeMember("ghost", 999_999)).rejects.toThrow(
      "Entity not found: `No such membership: 'ghost' -> 999999`",
    );
  });

  test("a group with members is deleted; a deleted user is no member any more", async () => {
    const [one, other] = [await entries.createGroup("one"), await entries.createGroup("other")];
    await entries.createUser("bob");
    await entries.addMember("bob", one);
    await entries.addMember("bob", other);
    await entries.deleteGroup(one);
    expect(await entries.user("bob", "groups { displayName }")).toMatchObject({ groups: [{ displayName: "other" }] });
    await entries.deleteUser("bob");
    expect(await entries.group(other, "users { id }")).toMatchObject({ users: [] });
  });

  test("a membership changes the date of the group, and not that of the user", async () => {
    const id = await entries.createGroup("team");
    await entries.createUser("bob");
    const dates = async (): Promise<readonly unknown[]> => [
      (await entries.group(id)).values["modified_date"],
      (await entries.user("bob")).values["modified_date"],
    ];
    let before = await dates();
    const isChanged = async (): Promise<readonly boolean[]> => {
      const after = await dates();
      const changed = after.map((date, index) => String(date) !== String(before[index]));
      before = after;
      return changed;
    };
    await entries.addMember("bob", id);
    expect(await isChanged(), "after addUserToGroup").toEqual([true, false]);
    await expect(entries.addMember("bob", id)).rejects.toThrow(/^Database /);
    expect(await isChanged(), "after an error").toEqual([false, false]);
    await entries.removeMember("bob", id);
    expect(await isChanged(), "after removeUserFromGroup").toEqual([true, false]);
    await entries.updateGroup(id, {});
    expect(await isChanged(), "after an empty update").toEqual([true, false]);
  });

  test("a missing group is reported in three ways", async () => {
    await expect(entries.group(999_999)).rejects.toThrow(/^Entity not found: `999999`$/);
    await expect(entries.deleteGroup(999_999)).rejects.toThrow(/^Entity not found: `No such group: '999999'`$/);
    await expect(entries.updateGroup(999_999, {})).rejects.toThrow(
      /^Database error: `None of the records are updated`$/,
    );
  });
});

const builtIn = ["lldap_admin", "lldap_password_manager", "lldap_strict_readonly"];

const named = (...groups: readonly string[]): object => ({ groups: groups.map((displayName) => ({ displayName })) });
