import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

describe(`users of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });
  const ids = async (filters: unknown): Promise<unknown> =>
    await server().graphql("query ($filters: RequestFilter) { users(filters: $filters) { id } }", { filters });

  test("an id is in lower case, and taken in any case", async () => {
    await entries.createUser("Bob", { email: "Bob@Example.com" });
    expect(await entries.user("BOB", "id email")).toMatchObject({ id: "bob", email: "Bob@Example.com" });
    await expect(entries.createUser("bOB", { email: "other@example.com" })).rejects.toThrow(notUnique("users.user_id"));
  });

  test("an e-mail address keeps its case, and is taken in any case", async () => {
    await entries.createUser("bob", { email: "Bob@Example.com" });
    await expect(entries.createUser("bob2", { email: "bOB@example.COM" })).rejects.toThrow(
      notUnique("users.lowercase_email"),
    );
    await entries.createUser("carol");
    await expect(entries.updateUser("carol", { email: "BOB@EXAMPLE.COM" })).rejects.toThrow(
      notUnique("users.lowercase_email"),
    );
    await entries.updateUser("bob", { email: "BOB@example.com" });
  });

  test("an e-mail address is required at the creation only, as a member or as the attribute `mail`", async () => {
    await expect(entries.createUser("bob", { email: null })).rejects.toThrow(
      "Email is required when creating a new user",
    );
    await entries.createUser("bob", { email: null, attributes: [{ name: "mail", value: ["bob@example.com"] }] });
    await entries.updateUser("bob", { removeAttributes: ["mail"] });
    await entries.updateUser("bob", { insertAttributes: [{ name: "mail", value: [""] }] });
    expect(await entries.user("bob", "email")).toMatchObject({ email: "bob@example.com" });
  });

  test("the empty e-mail address is taken by the first administrator", async () => {
    expect(await entries.user(server().username, "email")).toMatchObject({ email: "" });
    await expect(entries.createUser("bob", { email: "" })).rejects.toThrow(notUnique("users.lowercase_email"));
  });

  test("a member goes before its attribute for e-mail address and display name, and after it for the others", async () => {
    await entries.createUser("bob", {
      email: "member@example.com",
      displayName: "member",
      firstName: "member",
      attributes: ["mail", "display_name", "first_name"].map((name) => ({ name, value: ["attribute"] })),
    });
    expect(await entries.user("bob", "email displayName firstName")).toMatchObject({
      email: "member@example.com",
      displayName: "member",
      firstName: "attribute",
    });
  });

  test("a user has its attributes from the moment of its creation, or does not exist", async () => {
    await entries.addAttribute("User", "nixops4-owner", "STRING", { isVisible: false });
    const mark = { name: "nixops4-owner", value: ["mark"] };
    await entries.createUser("bob", { attributes: [mark] });
    expect((await entries.user("bob")).values).toMatchObject({ "nixops4-owner": ["mark"] });
    const undefinedOne = { name: "nothing", value: ["x"] };
    await expect(entries.createUser("carol", { attributes: [mark, undefinedOne] })).rejects.toThrow(
      "Attribute nothing is not defined in the schema",
    );
    expect(await ids({ eq: { field: "user_id", value: "carol" } })).toEqual(found());
  });

  test("an update writes everything or nothing", async () => {
    await entries.createUser("bob");
    await entries.createUser("carol");
    await expect(entries.updateUser("bob", { email: "carol@example.com", firstName: "Bob" })).rejects.toThrow(
      /^Database /,
    );
    expect(await entries.user("bob", "email firstName")).toMatchObject({ email: "bob@example.com", firstName: "" });
  });

  test("an update keeps what it does not name", async () => {
    await entries.createUser("bob", { displayName: "Bob", firstName: "B", lastName: "O" });
    await entries.updateUser("bob", { lastName: "Ob" });
    expect(await entries.user("bob", "email displayName firstName lastName")).toMatchObject({
      email: "bob@example.com",
      displayName: "Bob",
      firstName: "B",
      lastName: "Ob",
    });
  });

  test("an empty display name is removed; an empty first name is a value at the creation, and removed later", async () => {
    await entries.createUser("bob", { displayName: "", firstName: "" });
    const { values } = await entries.user("bob");
    expect(values).not.toHaveProperty("display_name");
    expect(values).toMatchObject({ first_name: [""] });
    await entries.updateUser("bob", { firstName: "" });
    expect((await entries.user("bob")).values).not.toHaveProperty("first_name");
  });

  test("the display name is removed by its attribute too", async () => {
    for (const change of [
      { removeAttributes: ["display_name"] },
      { insertAttributes: [{ name: "display_name", value: [""] }] },
    ]) {
      await resetLldap(server());
      await entries.createUser("bob", { displayName: "Bob" });
      await entries.updateUser("bob", change);
      expect(await entries.user("bob", "displayName")).toMatchObject({ displayName: "" });
    }
  });

  test("an attribute that is removed and inserted is inserted", async () => {
    await entries.createUser("bob", { firstName: "old" });
    await entries.updateUser("bob", {
      removeAttributes: ["first_name"],
      insertAttributes: [{ name: "first_name", value: ["new"] }],
    });
    expect((await entries.user("bob")).values).toMatchObject({ first_name: ["new"] });
  });

  test("removing an attribute without a value succeeds, removing an unknown one does not", async () => {
    await entries.createUser("bob");
    await entries.updateUser("bob", { removeAttributes: ["first_name"] });
    await expect(entries.updateUser("bob", { removeAttributes: ["nothing"] })).rejects.toThrow(
      "Internal error: `User attribute name nothing doesn't exist in the schema",
    );
  });

  test("every update changes the date of modification, also an empty one; a password changes both dates", async () => {
    await entries.createUser("bob");
    const dates = async (): Promise<readonly (string[] | undefined)[]> => {
      const { creation_date, modified_date, password_modified_date } = (await entries.user("bob")).values;
      return [creation_date, modified_date, password_modified_date];
    };
    const [created, modified, password] = await dates();
    expect([modified, password], "of a new user").toEqual([created, created]);
    await entries.updateUser("bob", {});
    const updated = await dates();
    expect(updated).toEqual([created, expect.not.stringContaining(String(modified)), created]);
    await entries.setPassword("bob", "secret");
    const [, modifiedLast, passwordLast] = await dates();
    expect(passwordLast).toEqual(modifiedLast);
    expect(modifiedLast).not.toEqual(updated[1]);
  });

  test("a missing user is reported in three ways", async () => {
    await expect(entries.user("Ghost")).rejects.toThrow(/^Entity not found: `ghost`$/);
    await expect(entries.deleteUser("Ghost")).rejects.toThrow(/^Entity not found: `No such user: 'ghost'`$/);
    await expect(entries.updateUser("Ghost", {})).rejects.toThrow(
      /^Database error: `None of the records are updated`$/,
    );
  });

  test("`user` decodes percent signs in its argument, nothing else does", async () => {
    await entries.createUser("a%62b");
    await expect(entries.user("a%62b")).rejects.toThrow("Entity not found: `abb`");
    expect(await entries.user("a%2562b")).toMatchObject({ id: "a%62b" });
    expect(await entries.user("%61%2562b")).toMatchObject({ id: "a%62b" });
    await expect(entries.user("%ff")).rejects.toThrow("Invalid user parameter");
    await entries.deleteUser("a%62b");
  });

  test("an id can be any text, also an empty one", async () => {
    for (const id of ["", "a b", "a,b=c", "é"]) await entries.createUser(id, { email: `<${id}>` });
    expect(await ids(null)).toEqual(found("", "a b", "a,b=c", server().username, "é"));
  });

  test("nobody deletes themselves", async () => {
    await expect(entries.deleteUser(server().username.toUpperCase())).rejects.toThrow("Cannot delete current user");
  });

  test("of twenty creations at once, one succeeds", async () => {
    const made = await Promise.allSettled(Array.from({ length: 20 }, () => entries.createUser("bob")));
    expect(made.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });
});

const found = (...users: readonly string[]): unknown => ({ users: users.map((id) => ({ id })) });

/** The database of a server that is running already is unknown. */
const notUnique = (columns: string): RegExp | string =>
  process.env["LLDAP_URL"] === undefined ? `UNIQUE constraint failed: ${columns}` : /^Database error: /;
