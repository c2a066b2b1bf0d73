import { expect, test } from "vitest";
import { createUser, joinGroup, updateUser } from "../testing/by-hand.ts";
import { comparable, contentsOf } from "../testing/contents.ts";
import { describeLldap } from "../testing/suite.ts";

const prepared = {
  groups: ["operators", "Hand-Made"],
  users: ["grace"],
  attributes: [
    { kind: "User", name: "mail-alias", attributeType: "STRING", isList: true },
    { kind: "User", name: "badge", attributeType: "INTEGER", isList: false },
    { kind: "User", name: "hired", attributeType: "DATE_TIME", isList: false },
    { kind: "User", name: "remark", attributeType: "STRING", isList: false },
  ],
} as const;

describeLldap("a user", prepared, (suite) => {
  const ada = { id: "ada", email: "ada@example.org" };
  const apply = (inputs: object) => suite().deployment.create("user", { ...ada, ...inputs });

  test("an e-mail address that is in use in another case is rejected with the name of its user", async () => {
    const before = await suite().backend.snapshot();
    const { error } = await apply({ email: "GRACE@example.org" });
    expect(error).toContain("[lldap.email.taken] Unable to read user ada: the user grace already has");
    expect(error).not.toMatch(/UNIQUE|database/i);
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("an update to such an address is rejected too, and changes nothing", async () => {
    await apply({});
    const before = await suite().backend.snapshot();
    const { error } = await apply({ email: "Grace@Example.org", displayName: "Ada" });
    expect(error).toContain("[lldap.email.taken]");
    expect(error).toContain("grace");
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("the case of its own address can change", async () => {
    await apply({});
    expect((await apply({ email: "Ada@example.org" })).outcome).toBe("updated");
    expect((await apply({ email: "Ada@example.org" })).outcome).toBe("unchanged");
  });

  test("groups that do not exist are named, before anything is written", async () => {
    const before = await suite().backend.snapshot();
    const { error } = await apply({ groups: ["operators", "cooks", "waiters"] });
    expect(error).toContain("[lldap.group.missing]");
    expect(error).toContain("the groups cooks, waiters do not exist");
    expect(await suite().backend.snapshot()).toEqual(before);
    await apply({});
    expect((await apply({ groups: ["cooks"], displayName: "Ada" })).error).toContain("the group cooks does not exist");
    expect((await apply({})).outcome).toBe("unchanged");
  });

  test.each(["Ada", "a,b", "a=b", "a%62", "-ada", "", "ada lovelace", "ädä"])("the id %j is rejected", async (id) => {
    const { error } = await apply({ id });
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain("`id`");
  });

  test.each([
    [{ groups: ["operators", "Operators"] }, "groups"],
    [{ email: "nobody" }, "email"],
    [{ displayName: "two\nlines" }, "displayName"],
    [{ attributes: { mail_alias: ["a"] } }, "attributes"],
    [{ attributes: { "nixops4-owner": ["a"] } }, "attributes"],
  ])("rejects %j", async (inputs, name) => {
    const { error } = await apply(inputs);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain(`\`${name}`);
  });

  test.each([
    [{ badge: ["1", "2"] }, "lldap.attribute.invalid", "takes one value"],
    [{ badge: ["seven"] }, "lldap.attribute.invalid", "takes integers"],
    [{ badge: ["9223372036854775808"] }, "lldap.attribute.invalid", "takes integers"],
    [{ hired: ["yesterday"] }, "lldap.attribute.invalid", "RFC 3339"],
    [{ "mail-alias": [""] }, "lldap.attribute.invalid", "empty"],
    [{ colour: ["red"] }, "lldap.attribute.missing", "attribute_schema"],
    [{ mail: ["x@example.org"] }, "lldap.attribute.reserved", "`email`"],
  ])("attributes %j are rejected before anything is written", async (attributes, code, words) => {
    const before = await suite().backend.snapshot();
    const { error } = await apply({ attributes });
    expect(error).toContain(`[${code}]`);
    expect(error).toContain(words);
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("numbers and times may be spelt as lldap does not spell them", async () => {
    const attributes = { badge: ["+007"], hired: ["2026-01-31T13:00:00.250+01:00"] };
    expect((await apply({ attributes })).outcome).toBe("created");
    expect((await apply({ attributes })).outcome).toBe("unchanged");
  });

  test("groups, values and names that people add survive an apply and a later removal from the inputs", async () => {
    const whole = { groups: ["operators"], attributes: { "mail-alias": ["alias@example.org"] } };
    await apply(whole);
    const { server } = suite();
    await joinGroup(server, "ada", "Hand-Made");
    await updateUser(server, "ada", {
      displayName: "Ada by hand",
      insertAttributes: [{ name: "remark", value: ["by hand"] }],
    });
    const withHands = await suite().backend.snapshot();
    expect(await apply(whole)).toMatchObject({ outcome: "unchanged", outputs: { otherGroups: ["Hand-Made"] } });
    expect(await suite().backend.snapshot()).toEqual(withHands);

    // Without a state, too: the user itself remembers what the deployment declared.
    expect((await apply({})).outcome).toBe("updated");
    const { users } = comparable(await contentsOf(suite().server));
    const found = users.find(({ id }) => id === "ada");
    expect(found).toMatchObject({ groups: ["Hand-Made"] });
    expect(JSON.stringify(found)).toContain("by hand");
    expect(JSON.stringify(found)).not.toContain("alias@example.org");
  });

  test("a membership that was made by hand and then declared belongs to the deployment", async () => {
    await apply({});
    await joinGroup(suite().server, "ada", "Hand-Made");
    expect((await apply({ groups: ["hand-made"] })).outcome).toBe("updated");
    expect((await apply({ groups: ["hand-made"] })).outcome).toBe("unchanged");
    expect((await apply({})).outcome).toBe("updated");
    expect((await apply({})).outputs["otherGroups"]).toEqual([]);
  });

  test("nobody becomes an administrator without `allowAdmin`", async () => {
    const { error } = await apply({ groups: ["LLDAP_admin"] });
    expect(error).toContain("[lldap.account.contradiction]");
    expect(error).toContain("allowAdmin = true");
  });

  test("an administrator is neither demoted, nor disabled, nor deleted", async () => {
    const admin = { groups: ["lldap_admin"], allowAdmin: true };
    expect((await apply(admin)).outcome).toBe("created");
    const before = await suite().backend.snapshot();
    expect((await apply({})).error).toContain("[lldap.user.administrator]");
    expect((await apply({ ...admin, disabled: true })).error).toContain("[lldap.user.administrator]");
    expect((await suite().deployment.destroy("user", { ...ada, ...admin })).error).toContain(
      "[lldap.user.administrator]",
    );
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("the provider's own account is not deleted", async () => {
    const own = { id: "admin", email: "admin@example.org", adopt: true };
    expect((await apply(own)).outcome).toBe("adopted");
    const { error } = await suite().deployment.destroy("user", { ...own, deletion: "delete" });
    expect(error).toContain("[lldap.account.own]");
    expect((await suite().deployment.destroy("user", own)).outcome).toBe("retained");
  });

  test("two types of one deployment do not manage one user", async () => {
    await apply({});
    const account = { id: "ada", password: { command: ["echo", "a password"] } };
    const { error } = await suite().deployment.create("service_account", account);
    expect(error).toContain("[lldap.declaredTwice]");
    expect((await suite().deployment.destroy("service_account", account)).error).toContain("[lldap.declaredTwice]");
    expect((await apply({})).outcome).toBe("unchanged");
  });

  test("a user that lldap lists with our damaged mark is not taken over", async () => {
    await apply({});
    await updateUser(suite().server, "ada", {
      insertAttributes: [{ name: "nixops4-owner", value: ["nixops4:{damaged"] }],
    });
    expect((await apply({ adopt: true })).error).toContain("[protocol.ownership.foreign]");
  });

  test("destroying keeps other users as they are", async () => {
    await createUser(suite().server, { id: "alan", email: "alan@example.org" });
    const before = await suite().backend.snapshot();
    await apply({ groups: ["operators"] });
    expect((await suite().deployment.destroy("user", ada)).outcome).toBe("deleted");
    expect(await suite().backend.snapshot()).toEqual(before);
  });
});
