import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`schema of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });

  const members = "name attributeType isList isVisible isEditable isHardcoded isReadonly";

  test("lldap's own attributes are hardcoded; some of them can be written", async () => {
    const answer = await server().graphql(
      "{ schema { userSchema { attributes { name isReadonly } } groupSchema { attributes { name isReadonly } } } }",
    );
    expect(answer).toEqual({
      schema: {
        userSchema: attributes(
          ["avatar", "display_name", "first_name", "last_name", "mail"],
          ["creation_date", "modified_date", "password_modified_date", "user_id", "uuid"],
        ),
        groupSchema: attributes(["display_name"], ["creation_date", "group_id", "modified_date", "uuid"]),
      },
    });
  });

  test("a custom attribute has its flags, and a name in lower case", async () => {
    await entries.addAttribute("User", "NixOps4-Owner", "STRING", { isVisible: false });
    const answer = await server().graphql(`{ schema { userSchema { attributes { ${members} } } } }`);
    expect(answer).toMatchObject({
      schema: {
        userSchema: {
          attributes: expect.arrayContaining([
            {
              name: "nixops4-owner",
              attributeType: "STRING",
              isList: false,
              isVisible: false,
              isEditable: false,
              isHardcoded: false,
              isReadonly: false,
            },
          ]),
        },
      },
    });
  });

  test.each(["User", "Group"] as const)("an attribute of a %s exists once", async (kind) => {
    await entries.addAttribute(kind, "mark");
    await expect(entries.addAttribute(kind, "MARK")).rejects.toThrow(/^Database error: /);
    await expect(entries.addAttribute(kind, "mark", "INTEGER")).rejects.toThrow(/^Database error: /);
  });

  test("users and groups may have an attribute of one name if the type is the same", async () => {
    await entries.addAttribute("User", "mark");
    await expect(entries.addAttribute("Group", "Mark", "INTEGER")).rejects.toThrow(
      "Internal error: `A user attribute 'mark' already exists with type String, cannot create a group attribute with type Integer.",
    );
    await entries.addAttribute("Group", "mark", "STRING", { isList: true });
  });

  test("a name has letters, digits and dashes; lldap accepts letters of any script, and no letter at all", async () => {
    for (const name of ["a_b", "a b", "a.b"]) {
      await expect(entries.addAttribute("User", name), name).rejects.toThrow(
        `Cannot create attribute with invalid name. Valid characters: a-z, A-Z, 0-9, and dash (-). Invalid chars found: ${name[1]}`,
      );
      await expect(entries.addAttribute("Group", name), name).rejects.toThrow(
        /^Cannot create attribute with invalid name. Valid characters: a-z, A-Z, 0-9, and dash \(-\)$/,
      );
    }
    for (const name of ["größe", ""]) await entries.addAttribute("User", name);
  });

  test("a custom attribute may have the name of a hardcoded one, which it hides", async () => {
    await entries.addAttribute("User", "mail", "INTEGER");
    const query = "{ schema { userSchema { attributes { name isHardcoded } } } }";
    const both = [
      { name: "mail", isHardcoded: false },
      { name: "mail", isHardcoded: true },
    ];
    expect(await server().graphql(query)).toMatchObject({
      schema: { userSchema: { attributes: expect.arrayContaining(both) } },
    });
    await entries.deleteAttribute("User", "mail");
    await expect(entries.deleteAttribute("User", "mail")).rejects.toThrow(
      "Permission denied: Attribute mail cannot be deleted",
    );
  });

  test.each(["User", "Group"] as const)(
    "deleting an attribute of a %s that does not exist is an error",
    async (kind) => {
      await expect(entries.deleteAttribute(kind, "Mark")).rejects.toThrow(
        "Attribute mark is not defined in the schema",
      );
    },
  );

  test("deleting an attribute deletes its values, and changes no date", async () => {
    await entries.addAttribute("User", "mark");
    await entries.createUser("bob", { attributes: [{ name: "mark", value: ["x"] }] });
    const { values } = await entries.user("bob");
    await entries.deleteAttribute("User", "MARK");
    await entries.addAttribute("User", "mark", "INTEGER");
    expect({ ...(await entries.user("bob")).values, mark: ["x"] }).toEqual(values);
    expect((await entries.user("bob")).values).not.toHaveProperty("mark");
  });

  test("an object class exists once beside the built-in ones; deleting it always succeeds", async () => {
    const run = async (field: string): Promise<unknown> => await server().graphql(`mutation { ${field} { ok } }`);
    await run('addUserObjectClass(name: "nixUser")');
    await expect(run('addUserObjectClass(name: "NIXUSER")')).rejects.toThrow(/^Database error: /);
    await run('addUserObjectClass(name: "person")');
    const query = "{ schema { userSchema { extraLdapObjectClasses ldapObjectClasses { objectClass } } } }";
    const classes = ["inetOrgPerson", "posixAccount", "mailAccount", "person", "nixUser", "person"];
    expect(await server().graphql(query)).toEqual({
      schema: {
        userSchema: {
          extraLdapObjectClasses: ["nixUser", "person"],
          ldapObjectClasses: classes.map((objectClass) => ({ objectClass })),
        },
      },
    });
    for (const name of ["NIXuser", "nixUser", "inetOrgPerson", "ghost"]) {
      await run(`deleteUserObjectClass(name: "${name}")`);
    }
  });
});

/** In the order of their names. */
const attributes = (writable: readonly string[], readonly: readonly string[]): unknown => ({
  attributes: [
    ...writable.map((name) => ({ name, isReadonly: false })),
    ...readonly.map((name) => ({ name, isReadonly: true })),
  ].sort((one, other) => (one.name < other.name ? -1 : 1)),
});
