import { beforeEach, describe, expect, test } from "vitest";
import { Entries } from "../entries.ts";
import { groupDn, LdapCalls, userDn } from "../ldap-calls.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { resetLldap } from "../reset.ts";
import { serverOf } from "../../testing.ts";

const code = (value: number): unknown => expect.objectContaining({ code: value });

describe(`deletions by LDAP of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);
  let entries: Entries;
  beforeEach(async () => {
    await resetLldap(server());
    entries = new Entries(server());
    await entries.createUser("bob");
    await entries.createGroup("Team One");
  });
  const dn = (id: string): string => userDn(server(), id);
  const all = async (): Promise<unknown> => await server().graphql("{ users { id } groups { displayName } }");

  test("an administrator deletes users and groups, also lldap's second and third group", async () => {
    await using ldap = await LdapCalls.ofAdministrator(server());
    await ldap.delete(dn("bob"));
    await ldap.delete(groupDn(server(), "team one"));
    await ldap.delete(groupDn(server(), "lldap_strict_readonly"));
    expect(await all()).toEqual({
      users: [{ id: server().username }],
      groups: [{ displayName: "lldap_admin" }, { displayName: "lldap_password_manager" }],
    });
    for (const missing of [dn("bob"), groupDn(server(), "team one")]) {
      await expect(ldap.delete(missing), missing).rejects.toEqual(code(32));
    }
    for (const other of [`ou=people,${server().baseDn}`, "dc=elsewhere"]) {
      await expect(ldap.delete(other), other).rejects.toEqual(code(34));
    }
  });

  test("others delete nothing, not even themselves", async () => {
    await entries.setPassword("bob", "password");
    await using bob = await LdapCalls.of(server(), "bob", "password");
    await expect(bob.delete(dn("bob"))).rejects.toEqual(code(50));
    await using nobody = new LdapCalls(server().ldapUrl);
    await expect(nobody.delete(dn("bob"))).rejects.toEqual(code(50));
  });

  test("an upper-case letter in the name closes the connection of a deletion", async () => {
    await using ldap = await LdapCalls.ofAdministrator(server());
    await expect(ldap.delete(dn("Bob"))).rejects.toThrow(/^Connection closed/);
    expect(await all()).toMatchObject({ users: [{ id: server().username }, { id: "bob" }] });
  });
});
