import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { groupDn, LdapCalls, userDn } from "../ldap-calls.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

/** The result code of an operation that fails. */
const code = (value: number): unknown => expect.objectContaining({ code: value });

const closed = /^Connection closed before message response was received/;

describe(`passwords of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
  });
  const dn = (id: string): string => userDn(server(), id);
  const administrator = async (): Promise<LdapCalls> => await LdapCalls.ofAdministrator(server());
  const bind = async (name: string, password: string): Promise<void> => {
    await using ldap = new LdapCalls(server().ldapUrl);
    await ldap.bind(name, password);
  };

  test("a bind accepts a name in any case, by `uid` or `cn`, with spaces", async () => {
    const { username, password, baseDn } = server();
    await bind(dn(username), password);
    await bind(dn(username).toUpperCase(), password);
    await bind(`cn = ${username} , ou = people , ${baseDn}`, password);
  });

  test("a bind with a wrong password, without one, or of an unknown user has code 49", async () => {
    await expect(bind(dn(server().username), "wrong")).rejects.toEqual(code(49));
    await expect(bind(dn(server().username), "")).rejects.toEqual(code(49));
    await expect(bind(dn("ghost"), "wrong")).rejects.toEqual(code(49));
    await entries.createUser("bob");
    await expect(bind(dn("bob"), ""), "a user without a password").rejects.toEqual(code(49));
  });

  test("a bind without a name has code 48, one outside of `ou=people` code 64", async () => {
    await expect(bind("", "")).rejects.toEqual(code(48));
    for (const name of [
      server().username,
      `uid=${server().username},ou=people,dc=elsewhere`,
      `uid=${server().username},ou=groups,${server().baseDn}`,
      `mail=${server().username},ou=people,${server().baseDn}`,
    ]) {
      await expect(bind(name, server().password), name).rejects.toEqual(code(64));
    }
  });

  test("a bind that fails leaves the session as it was", async () => {
    await using ldap = await administrator();
    await expect(ldap.bind(dn(server().username), "wrong")).rejects.toEqual(code(49));
    expect(await ldap.search(server().baseDn, { filter: "(uid=*)" })).not.toEqual([]);
  });

  test.each(["x", "pässwörd ∀", "{SSHA}abc", " ", "y".repeat(4000)])(
    "the extended operation sets any text as the password: %j",
    async (password) => {
      await entries.createUser("bob");
      await entries.setPassword("bob", password);
      await bind(dn("bob"), password);
      await expect(bind(dn("bob"), `${password}x`)).rejects.toEqual(code(49));
    },
  );

  test("the extended operation sets an empty password, with which a bind then succeeds", async () => {
    await entries.createUser("bob");
    await entries.setPassword("bob", "before");
    await entries.setPassword("bob", "");
    await bind(dn("bob"), "");
    await expect(bind(dn("bob"), "before")).rejects.toEqual(code(49));
  });

  test("the extended operation accepts a name in any case, and ignores the old password", async () => {
    await entries.createUser("bob");
    await using ldap = await administrator();
    await ldap.modifyPassword({ identity: dn("bob").toUpperCase(), oldPassword: "wrong", newPassword: "secret" });
    await bind(dn("bob"), "secret");
  });

  test("the extended operation needs a user and a password", async () => {
    await using ldap = await administrator();
    const identity = dn(server().username);
    await expect(ldap.modifyPassword({ newPassword: "x" })).rejects.toEqual(code(19));
    await expect(ldap.modifyPassword({ identity })).rejects.toEqual(code(19));
    await expect(ldap.modifyPassword({ identity: dn("ghost"), newPassword: "x" })).rejects.toEqual(code(1));
    await expect(ldap.modifyPassword({ identity: server().username, newPassword: "x" })).rejects.toEqual(code(34));
    for (const other of [groupDn(server(), "lldap_admin"), "uid=bob,ou=people,dc=elsewhere"]) {
      await expect(ldap.modifyPassword({ identity: other, newPassword: "x" }), other).rejects.toEqual(code(34));
    }
  });

  test("the extended operation rejects a password that is not UTF-8, and a value that it cannot read", async () => {
    await entries.createUser("bob");
    await using ldap = await administrator();
    const newPassword = Buffer.from([0xff, 0xfe]);
    await expect(ldap.modifyPassword({ identity: dn("bob"), newPassword })).rejects.toEqual(code(2));
    await expect(ldap.extended("1.3.6.1.4.1.4203.1.11.1")).rejects.toEqual(code(2));
    await expect(ldap.extended("1.3.6.1.4.1.4203.1.11.1", Buffer.from([1, 2, 3]))).rejects.toEqual(code(2));
  });

  test("another extended operation, such as StartTLS, has code 53", async () => {
    await using ldap = await administrator();
    await expect(ldap.extended("1.3.6.1.4.1.1466.20037")).rejects.toEqual(code(53));
  });

  test("without a bind, a password is not set", async () => {
    await using ldap = new LdapCalls(server().ldapUrl);
    const identity = dn(server().username);
    await expect(ldap.modifyPassword({ identity, newPassword: "x" })).rejects.toEqual(code(50));
    await expect(ldap.modify(identity, "replace", "userPassword", ["x"])).rejects.toEqual(code(50));
  });

  test("a message of more than 32 KiB closes the connection", async () => {
    await using ldap = await administrator();
    await expect(ldap.modifyPassword({ identity: dn("bob"), newPassword: "x".repeat(33_000) })).rejects.toThrow(closed);
  });

  test("a modification replaces the password, and nothing else", async () => {
    await entries.createUser("bob");
    await using ldap = await administrator();
    await ldap.modify(dn("bob"), "replace", "userPassword", ["secret"]);
    await bind(dn("bob"), "secret");
    await ldap.modify(dn("bob"), "replace", "USERPASSWORD", ["secret2"]);
    await bind(dn("bob"), "secret2");
    await expect(ldap.modify(dn("bob"), "add", "userPassword", ["x"])).rejects.toEqual(code(53));
    await expect(ldap.modify(dn("bob"), "delete", "userPassword", [])).rejects.toEqual(code(53));
    await expect(ldap.modify(dn("bob"), "replace", "mail", ["x"])).rejects.toEqual(code(53));
    await expect(ldap.modify(dn("bob"), "replace", "userPassword", ["x", "y"])).rejects.toEqual(code(21));
    await expect(ldap.modify(dn("ghost"), "replace", "userPassword", ["x"])).rejects.toEqual(code(1));
    await expect(ldap.modify("uid=bob,dc=elsewhere", "replace", "userPassword", ["x"])).rejects.toEqual(code(34));
  });

  test("an upper-case letter in the name closes the connection of a modification, and only that one", async () => {
    await entries.createUser("bob");
    await using other = await administrator();
    await using ldap = await administrator();
    await expect(ldap.modify(dn("Bob"), "replace", "userPassword", ["x"])).rejects.toThrow(closed);
    await other.modify(dn("bob"), "replace", "userPassword", ["x"]);
  });

  const refused = (ldap: LdapCalls, id: string) =>
    expect(ldap.modifyPassword({ identity: dn(id), newPassword: "new" }), id).rejects.toEqual(code(50));

  test("a password manager sets every password except those of administrators", async () => {
    await accounts("lldap_password_manager");
    await using ldap = await LdapCalls.of(server(), "bob", "password");
    for (const id of ["bob", "carol"]) await ldap.modifyPassword({ identity: dn(id), newPassword: "password" });
    await refused(ldap, server().username);
    await expect(ldap.modifyPassword({ identity: dn("ghost"), newPassword: "x" })).rejects.toEqual(code(1));
  });

  test("a reader of everything and a regular user set their own password only", async () => {
    await accounts("lldap_strict_readonly");
    for (const [id, other] of [
      ["bob", "carol"],
      ["carol", "bob"],
    ] as const) {
      await using ldap = await LdapCalls.of(server(), id, "password");
      await ldap.modifyPassword({ identity: dn(id), newPassword: "password" });
      await refused(ldap, other);
      await refused(ldap, server().username);
    }
  });

  test("a session keeps the permission of its bind", async () => {
    await accounts("lldap_admin");
    await using ldap = await LdapCalls.of(server(), "bob", "password");
    await entries.removeMember("bob", 1);
    await ldap.modifyPassword({ identity: dn("carol"), newPassword: "new" });
    await using later = await LdapCalls.of(server(), "bob", "password");
    await refused(later, "carol");
  });

  /** `bob` in a group of lldap, and `carol` in none. */
  async function accounts(group: string): Promise<void> {
    await entries.createAccount("bob", "password", group);
    await entries.createAccount("carol", "password");
  }
});
