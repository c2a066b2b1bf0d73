import { Entries } from "@nixops4-resources/integration-servers/lldap/entries";
import { LdapCalls, userDn } from "@nixops4-resources/integration-servers/lldap/ldap-calls";
import type { LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";

/** Whether somebody can log in over LDAP. */
export const canLogIn = (server: LldapServer, id: string, password: string): Promise<boolean> =>
  new Entries(server).hasPassword(id, password);

/** Somebody who logs in. */
interface Login {
  readonly as: string;
  readonly password: string;
}

/** Sets a password by hand, as the administrator or somebody else. */
export async function changePassword(
  server: LldapServer,
  id: string,
  password: string,
  login: Login = { as: userDn(server, server.username), password: server.password },
): Promise<void> {
  await using ldap = new LdapCalls(server.ldapUrl);
  await ldap.bind(login.as, login.password);
  await ldap.modify(userDn(server, id), "replace", "userPassword", [password]);
}

/** Entries that somebody finds by a filter. */
export async function search(
  server: LldapServer,
  { as, password, filter }: Login & { readonly filter: string },
): Promise<Record<string, unknown>[]> {
  await using ldap = new LdapCalls(server.ldapUrl);
  await ldap.bind(as, password);
  return await ldap.search(server.baseDn, { filter, scope: "sub", attributes: ["*"] });
}
