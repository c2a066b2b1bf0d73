import { expect, test } from "vitest";
import { createGroup, joinGroup, renameGroup, updateGroup } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { countCalls, overtake } from "../testing/calls.ts";
import { describeLldap } from "../testing/suite.ts";

const people = ["ada", "barbara", "edith", "grace", "hedy", "katherine", "margaret"];

describeLldap(
  "a group among things made by hand",
  {
    users: people,
    groups: ["hand-made"],
    attributes: [
      { kind: "Group", name: "mail-alias", attributeType: "STRING", isList: true },
      { kind: "Group", name: "badge", attributeType: "INTEGER", isList: false },
    ],
  },
  (suite) => {
    const server = () => suite().server;
    const backend = () => suite().backend;
    const shop = () => suite().deployment;
    const destroy = (more = {}) => shop().destroy("group", { name: "operators", ...more });
    const valuesOf = async (group: string): Promise<Record<string, string[]>> => {
      const found = (await contentsOf(server())).groups.find(({ displayName }) => displayName === group);
      return Object.fromEntries((found?.attributes ?? []).map(({ name, value }) => [name, value]));
    };

    test("keeps groups, members and values made by hand", async () => {
      await joinGroup(server(), "ada", "hand-made");
      const before = await backend().snapshot();
      await shop().create("group", { name: "operators", attributes: { badge: ["7"] } });
      await joinGroup(server(), "grace", "operators");
      await updateGroup(server(), "operators", { insertAttributes: [{ name: "mail-alias", value: ["by@hand.org"] }] });
      expect((await shop().create("group", { name: "operators", attributes: { badge: ["7"] } })).outcome).toBe(
        "unchanged",
      );
      expect((await shop().create("group", { name: "operators", attributes: { badge: ["8"] } })).outcome).toBe(
        "updated",
      );
      expect(await valuesOf("operators")).toMatchObject({ badge: ["8"], "mail-alias": ["by@hand.org"] });
      expect((await shop().create("group", { name: "operators" })).outcome).toBe("updated");
      expect(await valuesOf("operators")).not.toHaveProperty("badge");
      const { users } = await contentsOf(server());
      expect(users.find(({ id }) => id === "grace")?.groups).toEqual([{ displayName: "operators" }]);
      await destroy({ confirmLoss: true });
      expect(await backend().snapshot()).toEqual(before);
    });

    test("is not deleted while it has members that the deployment does not manage", async () => {
      await shop().create("group", { name: "operators" });
      await shop().create("user", { id: "own", email: "own@example.org", groups: ["operators"] });
      for (const id of people) await joinGroup(server(), id, "operators");
      const before = await backend().writes();
      const { error } = await destroy();
      expect(error).toContain("[lldap.group.members] Unable to delete group operators: it has 7 members");
      expect(error).toContain("ada, barbara, edith, grace, hedy and 2 more");
      expect(error).toContain("Hint: Set `confirmLoss = true`");
      expect(await backend().writes()).toEqual(before);
      expect((await destroy({ confirmLoss: true })).outcome).toBe("deleted");
    });

    test("is deleted with its only members if the deployment manages them", async () => {
      await shop().create("group", { name: "operators" });
      await shop().create("user", { id: "own", email: "own@example.org", groups: ["operators"] });
      await shop().create("user", { id: "ada", email: "ada@example.org", groups: ["operators"], adopt: true });
      expect((await destroy()).outcome).toBe("deleted");
    });

    test("counts users of another deployment as members of others", async () => {
      await shop().create("group", { name: "operators" });
      const user = { id: "own", email: "own@example.org", groups: ["operators"] };
      await shop().create("user", { ...user, managedBy: "forum" });
      expect((await destroy()).error).toContain("it has a member that this deployment does not manage: own");
    });

    test("rejects values that lldap cannot store, by plan too", async () => {
      const before = await backend().writes();
      for (const [attributes, code] of [
        [{ "mail-list": ["a"] }, "lldap.attribute.missing"],
        [{ badge: ["1", "2"] }, "lldap.attribute.invalid"],
        [{ badge: ["seven"] }, "lldap.attribute.invalid"],
        [{ "nixops4-owner": ["a"] }, "protocol.inputs.invalid"],
        [{ mail_alias: ["a"] }, "protocol.inputs.invalid"],
      ] as const) {
        expect((await shop().create("group", { name: "operators", attributes })).error).toContain(`[${code}]`);
        expect((await shop().plan("group", { name: "operators", attributes })).error).toContain(`[${code}]`);
      }
      expect(await backend().writes()).toEqual(before);
    });

    test("that somebody creates just before the write is not taken over", async () => {
      // The attributes for marks exist from here on.
      await shop().create("group", { name: "first" });
      const create = overtake(
        suite(),
        (at) => at.create("group", { name: "operators" }),
        3,
        () => createGroup(server(), "Operators"),
      );
      expect((await create).error).toContain("[protocol.ownership.unmarked]");
    });

    test("that somebody renames between look and write gets its name back", async () => {
      await shop().create("group", { name: "operators" });
      const change = { name: "operators", attributes: { badge: ["7"] } };
      const update = overtake(
        suite(),
        (at) => at.create("group", change),
        3,
        () => renameGroup(server(), "operators", "admins"),
      );
      expect(await update).toMatchObject({ outcome: "updated", outputs: { name: "operators" } });
      expect(await valuesOf("operators")).toMatchObject({ badge: ["7"] });
    });

    test("that the deployment renames on another machine between look and write is not renamed back", async () => {
      await shop().create("group", { name: "operators" });
      const change = { name: "operators", attributes: { badge: ["7"] } };
      const declared = JSON.stringify({ v: 1, name: "admins", attributes: [] });
      const update = overtake(
        suite(),
        (at) => at.create("group", change),
        3,
        () =>
          updateGroup(server(), "operators", {
            displayName: "admins",
            insertAttributes: [{ name: "nixops4-declared", value: [declared] }],
          }),
      );
      expect((await update).outcome).toBe("created");
      expect(await valuesOf("operators")).toMatchObject({ badge: ["7"] });
      expect(await valuesOf("admins")).toMatchObject({ "nixops4-declared": [declared] });
    });

    test("is not renamed if somebody creates one of the new name just before the write", async () => {
      await shop().create("group", { name: "operators" });
      const update = overtake(
        suite(),
        (at) => at.update("group", { name: "operators" }, { name: "admins" }),
        4,
        () => createGroup(server(), "admins"),
      );
      expect((await update).error).toContain("[lldap.group.nameTaken]");
      expect(await valuesOf("operators")).toHaveProperty("nixops4-owner");
    });

    test("is not deleted if somebody adds a member after the look", async () => {
      await shop().create("group", { name: "operators" });
      const deletion = overtake(
        suite(),
        (at) => at.destroy("group", { name: "operators" }),
        4,
        () => joinGroup(server(), "ada", "operators"),
      );
      expect((await deletion).error).toContain("[lldap.group.members]");
    });

    test("needs few calls", async () => {
      // Each request logs in and looks; the first one also creates the two attributes for marks, after another look.
      const counts: Record<string, number> = {};
      const count = async (what: string, work: Parameters<typeof countCalls>[1]): Promise<void> => {
        counts[what] = await countCalls(suite(), work);
      };
      await count("first", (at) => at.create("group", { name: "first" }));
      await count("create", (at) => at.create("group", { name: "operators" }));
      await count("unchanged", (at) => at.create("group", { name: "operators" }));
      await count("update", (at) => at.create("group", { name: "operators", attributes: { badge: ["7"] } }));
      await count("destroy", (at) => at.destroy("group", { name: "operators" }));
      expect(counts).toEqual({ first: 7, create: 4, unchanged: 2, update: 5, destroy: 6 });
    });
  },
);
