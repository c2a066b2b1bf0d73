import { httpWire } from "@nixops4-resources/protocol-core/testing";
import { expect, test } from "vitest";
import { createUser, joinGroup } from "../testing/by-hand.ts";
import { contentsOf } from "../testing/contents.ts";
import { canLogIn, changePassword } from "../testing/directory.ts";
import { describeLldap } from "../testing/suite.ts";

// The contract of `user` kills between the creation of a user and the moment when its initial password is set; that of
// `service_account` tests an enforced one.
const [password, next, ownChoice] = ["handed out at first", "the next one", "chosen by Ada herself"];
const environment = {
  FIRST: password,
  NEXT: next,
  HASH: "{SSHA}AAAAAAAAAAAAAAAAAAAAAAAAAAAA",
  LINES: "two\nlines",
  ECHOED: `${password}\n`,
};
const prepared = { groups: ["operators", "elsewhere"], passwords: [password, next, ownChoice] };

describeLldap("the password of a user", { ...prepared, environment }, (suite) => {
  const ada = { id: "ada", email: "ada@example.org" };
  const apply = (inputs: object) => suite().deployment.create("user", { ...ada, ...inputs });
  const logsIn = (text: string) => canLogIn(suite().server, "ada", text);
  const initial = { password: { env: "FIRST" } };
  const enforced = { ...initial, passwordMode: "enforce" };

  test("an initial one is set once: what the user chose stays, also when another one is declared", async () => {
    expect((await apply(initial)).outcome).toBe("created");
    expect(await logsIn(password)).toBe(true);
    await changePassword(suite().server, "ada", ownChoice);
    expect((await apply(initial)).outcome).toBe("unchanged");
    expect((await apply({ password: { env: "NEXT" } })).outcome).toBe("unchanged");
    expect(await logsIn(ownChoice)).toBe(true);
  });

  test("an initial one is set for an adopted user that has none, and not for one that has one", async () => {
    await createUser(suite().server, ada);
    expect((await apply({ ...initial, adopt: true })).outcome).toBe("adopted");
    expect(await logsIn(password)).toBe(true);

    await suite().backend.reset();
    await createUser(suite().server, ada);
    await changePassword(suite().server, "ada", ownChoice);
    expect((await apply({ ...initial, adopt: true })).outcome).toBe("adopted");
    expect(await logsIn(ownChoice)).toBe(true);
  });

  test("an enforced one is set again when it no longer works, and when another one is declared", async () => {
    await apply(enforced);
    await changePassword(suite().server, "ada", ownChoice);
    expect((await suite().deployment.plan("user", { ...ada, ...enforced })).body).toMatchObject({
      action: "update",
      differences: [{ field: "password" }],
    });
    expect((await apply(enforced)).outcome).toBe("updated");
    expect([await logsIn(password), await logsIn(ownChoice)]).toEqual([true, false]);
    expect((await apply({ ...enforced, password: { env: "NEXT" } })).outcome).toBe("updated");
    expect([await logsIn(password), await logsIn(next)]).toEqual([false, true]);
  });

  test("an enforced one is not set if lldap fails after a login that it rejects: then the look says nothing", async () => {
    await apply(enforced);
    await changePassword(suite().server, "ada", ownChoice);
    const { host, httpPort } = suite().server;
    // The third request is the look after the login: the first two log in the provider, and look.
    await using proxy = await httpWire.start({ host, port: httpPort }, { call: 3, by: "500" });
    const via = suite().connecting({ url: `http://127.0.0.1:${proxy.endpoint.port}` });
    expect((await via.create("user", { ...ada, ...enforced })).error).toContain("500");
    expect(await logsIn(ownChoice)).toBe(true);
  });

  test("the final newline of its source does not belong to it", async () => {
    await apply({ password: { env: "ECHOED" } });
    expect(await logsIn(password)).toBe(true);
  });

  test.each([
    ["a hash", { env: "HASH" }, "lldap.password.invalid"],
    ["two lines", { env: "LINES" }, "lldap.password.invalid"],
    ["nothing", { command: ["echo"] }, "secret.empty"],
    ["bytes that are no text", { command: ["printf", "\\377"] }, "secret.text.invalid"],
    ["a variable that is not set", { env: "MISSING" }, "secret.env.missing"],
  ])("is rejected if it is %s, before the user is created", async (_what, ref, code) => {
    const before = await suite().backend.snapshot();
    const { error, said } = await apply({ password: ref });
    expect(error).toContain(`[${code}]`);
    expect(said).not.toContain(environment.HASH);
    expect(await suite().backend.snapshot()).toEqual(before);
  });

  test("needs the LDAP server, and says so before anything is created", async () => {
    const { error } = await suite()
      .connecting({ ldap: null })
      .create("user", { ...ada, ...initial });
    expect(error).toContain("[lldap.ldap.missing]");
    expect(error).toContain("connection.ldap.url");
    expect((await apply({})).outcome).toBe("created");
  });

  test("with `enforce` it must be given", async () => {
    expect((await apply({ passwordMode: "enforce" })).error).toContain("[lldap.account.contradiction]");
  });

  test("of the provider's own account it is not changed", async () => {
    const { error } = await suite().deployment.create("user", { ...ada, ...enforced, id: "admin", adopt: true });
    expect(error).toContain("[lldap.account.own]");
  });

  test("a disabled user leaves its groups and, with `enforce`, loses its password; enabling restores both", async () => {
    const whole = { ...enforced, groups: ["operators"] };
    await apply(whole);
    await joinGroup(suite().server, "ada", "elsewhere");
    const enabled = await suite().backend.snapshot();

    const disabled = await apply({ ...whole, disabled: true });
    expect(disabled.outcome).toBe("updated");
    expect(disabled.outputs["otherGroups"]).toEqual(["elsewhere"]);
    expect(disabled.said).toContain("still a member of groups");
    expect(await logsIn(password)).toBe(false);
    expect(await groupsOf("ada")).toEqual(["elsewhere"]);

    const before = await suite().backend.writes();
    expect((await apply({ ...whole, disabled: true })).outcome).toBe("unchanged");
    expect(await suite().backend.writes()).toEqual(before);

    expect((await apply(whole)).outcome).toBe("updated");
    expect(await suite().backend.snapshot()).toEqual(enabled);
    expect(await logsIn(password)).toBe(true);
  });

  test("a disabled user that resets its password loses that one too", async () => {
    const disabled = { ...enforced, disabled: true };
    await apply(enforced);
    await apply(disabled);
    await changePassword(suite().server, "ada", ownChoice);
    expect((await apply(disabled)).outcome).toBe("updated");
    expect(await logsIn(ownChoice)).toBe(false);
    expect((await apply(disabled)).outcome).toBe("unchanged");
  });

  test("a disabled user keeps an initial password, which was perhaps changed, and gets its groups back", async () => {
    const whole = { ...initial, groups: ["operators"] };
    await apply(whole);
    await changePassword(suite().server, "ada", ownChoice);
    expect((await apply({ ...whole, disabled: true })).outcome).toBe("updated");
    expect(await groupsOf("ada")).toEqual([]);
    expect(await logsIn(ownChoice)).toBe(true);
    await joinGroup(suite().server, "ada", "operators");
    expect((await apply({ ...whole, disabled: true })).outcome, "added by hand meanwhile").toBe("updated");
    expect(await groupsOf("ada")).toEqual([]);
    expect((await apply(whole)).outcome).toBe("updated");
    expect(await groupsOf("ada")).toEqual(["operators"]);
  });

  async function groupsOf(id: string): Promise<readonly string[]> {
    const { users } = await contentsOf(suite().server);
    return users.find((user) => user.id === id)?.groups.map(({ displayName }) => displayName) ?? [];
  }
});
