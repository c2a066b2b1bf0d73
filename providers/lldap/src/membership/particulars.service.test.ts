import { expect, test } from "vitest";
import { joinGroup, leaveGroup } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { countCalls, overtake } from "../testing/calls.ts";
import { describeLldap } from "../testing/suite.ts";

describeLldap("a membership among others", { users: ["ada", "grace"], groups: ["operators", "mail"] }, (suite) => {
  const server = () => suite().server;
  const backend = () => suite().backend;
  const shop = () => suite().deployment;
  const want = { user: "ada", group: "operators" };
  const groupsOf = async (user: string): Promise<string[]> => {
    const { users } = await contentsOf(server());
    return (users.find(({ id }) => id === user)?.groups ?? []).map(({ displayName }) => displayName).toSorted();
  };

  test.each([
    [{ ...want, user: "nobody" }, "lldap.user.missing", "the user nobody does not exist"],
    [{ ...want, group: "nowhere" }, "lldap.group.missing", "the group nowhere does not exist"],
  ])("names what is missing, and a destroy has nothing to delete: %o", async (inputs, code, words) => {
    const before = await backend().writes();
    const { error } = await shop().create("membership", inputs);
    expect(error).toContain(`[${code}]`);
    expect(error).toContain(words);
    expect((await shop().destroy("membership", inputs)).outcome).toBe("unchanged");
    expect(await backend().writes()).toEqual(before);
  });

  test("is added once by 20 concurrent requests, which all succeed", async () => {
    const requests = Array.from({ length: 20 }, () => shop().create("membership", want));
    const outcomes = (await Promise.all(requests)).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === "unchanged")).toHaveLength(19);
    expect(await groupsOf("ada")).toEqual(["operators"]);
  });

  test("that existed before counts as declared, and the others stay", async () => {
    await joinGroup(server(), "ada", "operators");
    await joinGroup(server(), "ada", "mail");
    await joinGroup(server(), "grace", "operators");
    expect((await shop().create("membership", { ...want, group: "OPERATORS" })).outcome).toBe("unchanged");
    expect((await shop().destroy("membership", want)).outcome).toBe("deleted");
    expect([await groupsOf("ada"), await groupsOf("grace")]).toEqual([["mail"], ["operators"]]);
  });

  test("is created again after somebody removed it by hand", async () => {
    await shop().create("membership", want);
    await leaveGroup(server(), "ada", "operators");
    expect((await shop().create("membership", want)).outcome).toBe("created");
  });

  test("of a user of this deployment is rejected, whether it exists or not", async () => {
    await shop().create("user", { id: "own", email: "own@example.org", groups: ["operators"] });
    for (const group of ["operators", "mail"]) {
      const { error } = await shop().create("membership", { user: "own", group });
      expect(error).toContain("[lldap.membership.managed]");
      expect(error).toContain("this deployment manages the user own and its groups");
      expect(error).toContain(`declare ${group} in \`groups\``);
    }
    expect((await shop().plan("membership", { ...want, user: "own" })).body).toMatchObject({ action: "refuse" });
    expect(await groupsOf("own")).toEqual(["operators"]);
  });

  test("of a user of another deployment is rejected only in the groups that it declares", async () => {
    const user = { id: "theirs", email: "theirs@example.org", groups: ["operators"], managedBy: "forum" };
    await shop().create("user", user);
    const { error } = await shop().create("membership", { user: "theirs", group: "Operators" });
    expect(error).toContain("[lldap.membership.managed]");
    expect(error).toContain("the deployment forum manages the user theirs and declares the group Operators");
    expect((await shop().create("membership", { user: "theirs", group: "mail" })).outcome).toBe("created");
    expect((await shop().create("user", user)).outcome).toBe("unchanged");
    expect(await groupsOf("theirs")).toEqual(["mail", "operators"]);
    expect((await shop().destroy("membership", { user: "theirs", group: "mail" })).outcome).toBe("deleted");
  });

  test("that a user resource declares by now is kept by a destroy, with a warning", async () => {
    await shop().create("membership", want);
    await shop().create("user", { id: "ada", email: "ada@example.org", groups: ["operators"], adopt: true });
    const { outcome, said } = await shop().destroy("membership", want);
    expect(outcome).toBe("unchanged");
    expect(said).toContain("the membership is kept, since a resource of the user declares it");
    expect(await groupsOf("ada")).toEqual(["operators"]);
  });

  test("in lldap_admin needs `allowAdmin`, and a destroy never removes it", async () => {
    const admin = { user: "ada", group: "lldap_admin" };
    expect((await shop().create("membership", admin)).error).toContain("[lldap.account.contradiction]");
    expect(await groupsOf("ada")).toEqual([]);
    expect((await shop().create("membership", { ...admin, allowAdmin: true })).outcome).toBe("created");
    for (const group of ["lldap_admin", "LLDAP_Admin"]) {
      const { error } = await shop().destroy("membership", { ...admin, group });
      expect(error).toContain("[lldap.user.administrator]");
      expect(error).toContain("Hint: Remove ada from lldap_admin by hand");
    }
    expect(await groupsOf("ada")).toEqual(["lldap_admin"]);
    await leaveGroup(server(), "ada", "lldap_admin");
    expect((await shop().destroy("membership", admin)).outcome).toBe("unchanged");
  });

  test.each([
    ["look under the lock", 3],
    ["write", 4],
  ])("that somebody adds just before the %s counts as existing", async (_what, call) => {
    const create = overtake(
      suite(),
      (at) => at.create("membership", want),
      call,
      () => joinGroup(server(), "ada", "operators"),
    );
    expect(await create).toMatchObject({ outcome: "unchanged", error: undefined });
    expect(await groupsOf("ada")).toEqual(["operators"]);
  });

  test("of a user that is deleted just before the write fails, and names the user", async () => {
    const create = overtake(
      suite(),
      (at) => at.create("membership", want),
      4,
      () => server().graphql(`mutation { deleteUser(userId: "ada") { ok } }`),
    );
    expect((await create).error).toContain("[lldap.user.missing]");
  });

  test("that somebody removes just before the write of a destroy is deleted", async () => {
    await shop().create("membership", want);
    const destroy = overtake(
      suite(),
      (at) => at.destroy("membership", want),
      4,
      () => leaveGroup(server(), "ada", "operators"),
    );
    expect((await destroy).outcome).toBe("deleted");
  });

  test("needs few calls", async () => {
    // Each request logs in and looks.
    expect(await countCalls(suite(), (at) => at.create("membership", want))).toBe(5);
    expect(await countCalls(suite(), (at) => at.create("membership", want))).toBe(2);
    expect(await countCalls(suite(), (at) => at.destroy("membership", want))).toBe(5);
  });
});
