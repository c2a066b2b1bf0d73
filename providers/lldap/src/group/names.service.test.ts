import { expect, test } from "vitest";
import { createGroup, joinGroup, renameGroup } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { describeLldap } from "../testing/suite.ts";

describeLldap("names of groups", { users: ["ada"] }, (suite) => {
  const server = () => suite().server;
  const backend = () => suite().backend;
  const shop = () => suite().deployment;
  /** Names of all groups that lldap did not create, with their members. */
  const groups = async (): Promise<Record<string, string[]>> => {
    const { groups: all, users } = await contentsOf(server());
    const members = (name: string): string[] =>
      users.filter((user) => user.groups.some(({ displayName }) => displayName === name)).map(({ id }) => id);
    const names = all.map(({ displayName }) => displayName).filter((name) => !name.startsWith("lldap_"));
    return Object.fromEntries(names.toSorted().map((name) => [name, members(name)]));
  };
  const apply = (name: string, more = {}) => shop().create("group", { name, ...more });

  test("a group renamed by hand is found, shown by its present name, and renamed back with its members", async () => {
    const { outputs } = await apply("operators");
    await joinGroup(server(), "ada", "operators");
    await renameGroup(server(), "operators", "admins");
    const { body } = await shop().plan("group", { name: "operators" });
    const difference = { field: "name", current: "admins", wanted: "operators" };
    expect(body).toMatchObject({ action: "update", differences: [difference] });
    const { outcome, outputs: after, said } = await apply("operators");
    expect(outcome).toBe("updated");
    expect(after).toEqual(outputs);
    expect(said.match(/the group was renamed by hand.*admins|admins.*the group was renamed by hand/g)).toHaveLength(1);
    expect(await groups()).toEqual({ operators: ["ada"] });
  });

  test("a group renamed by hand is destroyed under its present name", async () => {
    await apply("operators");
    await renameGroup(server(), "operators", "admins");
    await createGroup(server(), "operators");
    expect((await shop().destroy("group", { name: "operators" })).outcome).toBe("deleted");
    expect(await groups()).toEqual({ operators: [] });
    expect((await shop().destroy("group", { name: "operators" })).error).toContain("[protocol.ownership.unmarked]");
  });

  test("another group of the wanted name is never taken for a renamed one, even with `adopt`", async () => {
    await apply("operators");
    await renameGroup(server(), "operators", "admins");
    await createGroup(server(), "Operators");
    const before = await backend().writes();
    for (const adopt of [false, true]) {
      const { error } = await apply("operators", { adopt });
      expect(error).toContain("[lldap.group.nameTaken]");
      expect(error).toContain(
        "another group has the name operators, and the group of this deployment is called admins",
      );
      expect((await shop().plan("group", { name: "operators", adopt })).error).toContain("[lldap.group.nameTaken]");
    }
    expect(await backend().writes()).toEqual(before);
  });

  test("a name that differs only in case is the same group", async () => {
    const { outputs } = await apply("operators");
    const before = await backend().writes();
    expect(await apply("OPERATORS")).toMatchObject({ outcome: "unchanged", outputs });
    const changed = await shop().update("group", { name: "operators" }, { name: "Operators" });
    expect(changed).toMatchObject({ outcome: "unchanged", outputs: { name: "operators" } });
    await createGroup(server(), "Mail");
    expect((await apply("mail")).error).toContain("[protocol.ownership.unmarked]");
    expect((await shop().destroy("group", { name: "OPERATORS" })).outcome).toBe("deleted");
    expect(before).not.toEqual(await backend().writes());
  });

  test("a changed name renames the group in place: members and id stay", async () => {
    const { outputs } = await apply("operators");
    await joinGroup(server(), "ada", "operators");
    const [previous, wanted] = [{ name: "operators" }, { name: "admins" }];
    expect((await shop().plan("group", wanted, previous)).body).toMatchObject({
      action: "update",
      differences: [{ field: "name", current: "operators", wanted: "admins" }],
    });
    const renamed = await shop().update("group", previous, wanted);
    expect(renamed.outcome).toBe("updated");
    expect(renamed.outputs).toMatchObject({ id: outputs["id"], uuid: outputs["uuid"], name: "admins" });
    expect(renamed.outputs["dn"]).toMatch(/^cn=admins,ou=groups,/);
    expect(renamed.said).not.toContain("by hand");
    // NixOps4 may have been killed before it stored the new inputs.
    expect((await shop().update("group", previous, wanted)).outcome).toBe("unchanged");
    expect(await groups()).toEqual({ admins: ["ada"] });
    expect((await shop().list("group")).body).toMatchObject({ resources: [{ label: "admins" }] });
  });

  test("a changed name that another group has is rejected, and nothing changes", async () => {
    await apply("operators");
    await createGroup(server(), "admins");
    const before = await backend().writes();
    const { error } = await shop().update("group", { name: "operators" }, { name: "admins", adopt: true });
    expect(error).toContain("[lldap.group.nameTaken]");
    expect(error).toContain("is called operators now");
    expect(await backend().writes()).toEqual(before);
  });

  test("a changed name without the previous one declares a new group, unless the old one was renamed by hand", async () => {
    await apply("operators");
    expect((await apply("admins")).outcome).toBe("created");
    await renameGroup(server(), "operators", "helpers");
    expect((await apply("helpers")).outcome).toBe("updated");
    expect((await apply("helpers")).outcome).toBe("unchanged");
    expect((await apply("operators")).outcome).toBe("created");
    expect(await groups()).toEqual({ admins: [], helpers: [], operators: [] });
  });

  test("an adopted group is found by its mark too, also if nothing else had to change", async () => {
    await createGroup(server(), "operators");
    expect((await apply("operators", { adopt: true })).outcome).toBe("adopted");
    expect((await apply("operators")).outcome).toBe("unchanged");
    await renameGroup(server(), "operators", "admins");
    expect((await apply("operators")).outcome).toBe("updated");
    expect((await shop().destroy("group", { name: "operators" })).outcome).toBe("retained");
    expect(await groups()).toEqual({ operators: [] });
  });

  test("a group whose remembered name was damaged gets it back", async () => {
    await apply("operators");
    const [found] = (await contentsOf(server())).groups.filter(({ displayName }) => displayName === "operators");
    await server().graphql(
      `mutation { updateGroup(group: { id: ${found?.id}, removeAttributes: ["nixops4-declared"] }) { ok } }`,
    );
    expect((await apply("operators")).outcome).toBe("updated");
    await renameGroup(server(), "operators", "admins");
    expect((await apply("operators")).outcome).toBe("updated");
    expect(await groups()).toEqual({ operators: [] });
  });

  test.each(["lldap_admin", "LLDAP_Password_Manager", "lldap_strict_readonly"])(
    "%s is rejected, since it belongs to lldap",
    async (name) => {
      const before = await backend().writes();
      for (const { error } of [
        await apply(name, { adopt: true }),
        await shop().destroy("group", { name, deletion: "delete" }),
      ]) {
        expect(error).toContain("[protocol.inputs.invalid]");
        expect(error).toContain("belong to lldap itself");
      }
      expect(await backend().writes()).toEqual(before);
    },
  );

  test("a marked group of lldap is never changed, whatever its name is", async () => {
    await apply("operators");
    const { groups: all } = await contentsOf(server());
    const marks = all
      .find(({ displayName }) => displayName === "operators")
      ?.attributes.filter(({ name }) => name.startsWith("nixops4-"));
    await shop().destroy("group", { name: "operators" });
    const administrators = all.find(({ displayName }) => displayName === "lldap_admin");
    const update = (fields: object) =>
      server().graphql("mutation($group: UpdateGroupInput!) { updateGroup(group: $group) { ok } }", {
        group: { id: administrators?.id, ...fields },
      });
    await update({ insertAttributes: marks });
    const before = await backend().writes();
    expect((await apply("operators")).error).toContain("[lldap.group.builtIn]");
    expect((await shop().destroy("group", { name: "operators" })).error).toContain("[lldap.group.builtIn]");
    expect(await backend().writes()).toEqual(before);
    await update({ removeAttributes: ["nixops4-owner", "nixops4-declared"] });
  });
});
