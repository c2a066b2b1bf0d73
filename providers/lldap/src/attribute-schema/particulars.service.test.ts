import { GraphqlCalls } from "@nixops4-resources/integration-servers/lldap/graphql-calls";
import { expect, test } from "vitest";
import { addAttribute, joinGroup, updateGroup, updateUser } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { changePassword, search } from "../testing/directory.ts";
import { countCalls, overtake } from "../testing/calls.ts";
import { describeLldap } from "../testing/suite.ts";

const password = "correct horse battery";
const name = "mail-alias";
const aliases = { kind: "user", name, attributeType: "STRING", isList: true };

describeLldap(
  "an attribute among others",
  {
    users: ["ada", "grace", "hedy"],
    groups: ["operators"],
    passwords: [password],
  },
  (suite) => {
    const server = () => suite().server;
    const backend = () => suite().backend;
    const shop = () => suite().deployment;
    const apply = (inputs: object) => shop().create("attribute_schema", { ...inputs });
    const give = (user: string, values: readonly string[]) =>
      updateUser(server(), user, { insertAttributes: [{ name, value: values }] });
    const valuesOf = async (user: string): Promise<string[] | undefined> => {
      const { users } = await contentsOf(server());
      return users.find(({ id }) => id === user)?.attributes.find((attribute) => attribute.name === name)?.value;
    };

    test("has all values in LDAP, which the user cannot change", async () => {
      await apply(aliases);
      await give("ada", ["a@example.org", "b@example.org"]);
      await joinGroup(server(), "grace", "lldap_strict_readonly");
      for (const id of ["ada", "grace"]) await changePassword(server(), id, password);
      const as = `uid=grace,ou=people,${server().baseDn}`;
      const [found] = await search(server(), { as, password, filter: "(uid=ada)" });
      expect(found).toMatchObject({ uid: "ada", [name]: ["a@example.org", "b@example.org"] });

      const ada = new GraphqlCalls(server().url, { username: "ada", password });
      const change = { id: "ada", insertAttributes: [{ name, value: ["other@example.org"] }] };
      const query = "mutation($user: UpdateUserInput!) { updateUser(user: $user) { ok } }";
      await expect(ada.graphql(query, { user: change })).rejects.toThrow("Permission denied");
      expect(await valuesOf("ada")).toEqual(["a@example.org", "b@example.org"]);
    });

    test("with values is not changed from list to single, and the error has their number", async () => {
      await apply(aliases);
      await give("ada", ["a@example.org"]);
      await give("grace", ["b@example.org", "c@example.org"]);
      const before = await backend().writes();
      const { error } = await apply({ ...aliases, isList: false });
      expect(error).toContain(
        `[lldap.schema.loss] Unable to update attribute schema ${name} of users: 2 users have values`,
      );
      expect(error).toContain("Hint: Set `confirmLoss = true`");
      const { body } = await shop().plan("attribute_schema", { ...aliases, isList: false });
      expect(body).toMatchObject({
        action: "refuse",
        reason: expect.stringContaining("2 users have values"),
        differences: [{ field: "isList", current: true, wanted: false }],
      });
      expect(await backend().writes()).toEqual(before);

      expect((await apply({ ...aliases, isList: false, confirmLoss: true })).outcome).toBe("updated");
      expect(await valuesOf("ada")).toBeUndefined();
    });

    test("without values is changed", async () => {
      await apply(aliases);
      expect((await apply({ ...aliases, isList: false })).outcome).toBe("updated");
      expect((await contentsOf(server())).schema.userSchema.attributes).toContainEqual(
        expect.objectContaining({ name, isList: false }),
      );
    });

    test("made by hand as declared is left as it is, with its values", async () => {
      await addAttribute(server(), "User", { name, attributeType: "STRING", isList: true });
      await give("ada", ["a@example.org"]);
      const before = await backend().writes();
      expect((await apply(aliases)).outcome).toBe("unchanged");
      expect(await backend().writes()).toEqual(before);
    });

    test("is retained by a destroy, and deleted only without values or with `confirmLoss`", async () => {
      await apply(aliases);
      await give("ada", ["a@example.org"]);
      const before = await backend().writes();
      expect((await shop().destroy("attribute_schema", aliases)).outcome).toBe("retained");
      const { error } = await shop().destroy("attribute_schema", { ...aliases, deletion: "delete" });
      expect(error).toContain("[lldap.schema.loss]");
      expect(error).toContain("1 user has values");
      expect(await backend().writes()).toEqual(before);
      const deletion = { ...aliases, deletion: "delete", confirmLoss: true };
      expect((await shop().destroy("attribute_schema", deletion)).outcome).toBe("deleted");
      expect(await valuesOf("ada")).toBeUndefined();
      expect((await shop().destroy("attribute_schema", deletion)).outcome).toBe("unchanged");
    });

    test("of groups counts the groups with values, and leaves the attribute of users alone", async () => {
      await apply(aliases);
      await give("ada", ["a@example.org"]);
      const ofGroups = { ...aliases, kind: "group" };
      expect((await apply(ofGroups)).outcome).toBe("created");
      await updateGroup(server(), "operators", { insertAttributes: [{ name, value: ["o@example.org"] }] });
      expect((await apply({ ...ofGroups, isVisible: false })).error).toContain("1 group has values");
      expect((await apply({ ...ofGroups, isVisible: false, confirmLoss: true })).outcome).toBe("updated");
      const deletion = { ...ofGroups, deletion: "delete" };
      expect((await shop().destroy("attribute_schema", deletion)).outcome).toBe("deleted");
      expect(await valuesOf("ada")).toEqual(["a@example.org"]);
    });

    test("of another type than the one of the same name is rejected before anything is deleted", async () => {
      await apply(aliases);
      const before = await backend().writes();
      const ofGroups = { ...aliases, kind: "group", attributeType: "INTEGER" };
      const { error } = await apply(ofGroups);
      expect(error).toContain("[lldap.attribute.typeConflict]");
      expect(error).toContain(`the user attribute ${name} has the type STRING`);
      expect(await backend().writes()).toEqual(before);
      await apply({ ...ofGroups, attributeType: "STRING" });
      const both = await backend().writes();
      expect((await apply({ ...ofGroups, confirmLoss: true })).error).toContain("[lldap.attribute.typeConflict]");
      expect(await backend().writes()).toEqual(both);
    });

    test.each([
      ["mail_alias", "protocol.inputs.invalid", "a-z0-9"],
      ["MailAlias", "protocol.inputs.invalid", "a-z0-9"],
      ["nixops4-owner", "protocol.inputs.invalid", "stores marks"],
      ["nixops4-declared", "protocol.inputs.invalid", "stores marks"],
      ["mail", "lldap.attribute.reserved", "belongs to lldap itself"],
      ["avatar", "lldap.attribute.reserved", "belongs to lldap itself"],
      ["memberof", "lldap.attribute.reserved", "a name for something else"],
    ])("named %s is rejected", async (wrong, code, words) => {
      const before = await backend().writes();
      const { error } = await apply({ ...aliases, name: wrong, confirmLoss: true });
      expect(error).toContain(`[${code}]`);
      expect(error).toContain(words);
      const destroyed = await shop().destroy("attribute_schema", {
        ...aliases,
        name: wrong,
        deletion: "delete",
        confirmLoss: true,
      });
      expect(destroyed.outcome).not.toBe("deleted");
      expect(await backend().writes()).toEqual(before);
    });

    test("that somebody creates just before the write is changed only without values", async () => {
      const single = { name, attributeType: "STRING", isList: false };
      const create = () => overtake(suite(), (at) => at.create("attribute_schema", aliases), 3, addByHand);
      let addByHand = (): Promise<unknown> => addAttribute(server(), "User", single);
      expect((await create()).outcome).toBe("updated");
      await backend().reset();
      addByHand = async () => {
        await addAttribute(server(), "User", single);
        await give("ada", ["a@example.org"]);
      };
      expect((await create()).error).toContain("[lldap.schema.loss]");
    });

    test("is rejected if somebody creates one of the other kind with another type just before the write", async () => {
      const create = overtake(
        suite(),
        (at) => at.create("attribute_schema", aliases),
        3,
        () => addAttribute(server(), "Group", { name, attributeType: "INTEGER", isList: false }),
      );
      expect((await create).error).toContain("[lldap.attribute.typeConflict]");
    });

    test("is not changed if somebody adds a value after the look", async () => {
      await apply(aliases);
      const update = overtake(
        suite(),
        (at) => at.create("attribute_schema", { ...aliases, isEditable: true }),
        5,
        () => give("ada", ["a@example.org"]),
      );
      expect((await update).error).toContain("[lldap.schema.loss]");
      expect(await valuesOf("ada")).toEqual(["a@example.org"]);
    });

    test("that somebody creates between the two steps of a change is checked again", async () => {
      await apply(aliases);
      const change = { ...aliases, isEditable: true };
      const update = overtake(
        suite(),
        (at) => at.create("attribute_schema", change),
        7,
        () => addAttribute(server(), "User", { name, attributeType: "STRING", isList: true }),
      );
      expect((await update).error).toBeUndefined();
      expect((await apply(change)).outcome).toBe("unchanged");
    });

    test("needs few calls", async () => {
      // Each request logs in and looks.
      const counts = [
        await countCalls(suite(), (at) => at.create("attribute_schema", aliases)),
        await countCalls(suite(), (at) => at.create("attribute_schema", aliases)),
        await countCalls(suite(), (at) => at.create("attribute_schema", { ...aliases, isEditable: true })),
        await countCalls(suite(), (at) => at.destroy("attribute_schema", { ...aliases, deletion: "delete" })),
      ];
      expect(counts).toEqual([4, 2, 8, 6]);
    });
  },
);
