import { Entries } from "@nixops4-resources/integration-servers/lldap/entries";
import { startLldap, type LldapServer } from "@nixops4-resources/integration-servers/lldap/lldap";
import type { Secret } from "@nixops4-resources/protocol-core";
import { Client } from "ldapts";
import * as z from "zod/mini";

/** Starts the lldap at `LLDAP_BIN`, or the emulator of the tests: lldap is not published as a package. */
export const startDirectory = (): Promise<LldapServer> => startLldap();

/** The variables of nixops4.nix. */
export const lldapVariables = (lldap: LldapServer): Record<string, string> => ({
  DEMO_LLDAP_URL: lldap.url,
  DEMO_LLDAP_LDAP_URL: lldap.ldapUrl,
  DEMO_LLDAP_PASSWORD_FILE: lldap.passwordFile,
  DEMO_LLDAP_BASE_DN: lldap.baseDn,
});

export const directoryInWords = ({ what }: LldapServer): string =>
  what === "lldap" ? "lldap." : "An emulator of lldap; set LLDAP_BIN to the program of a real one.";

const account = z.object({ groups: z.array(z.object({ displayName: z.string() })) });

/** The operator as an administrator sees her. */
export async function describeAccount(lldap: LldapServer): Promise<string[]> {
  const { groups, values } = await new Entries(lldap).user("ada", "groups { displayName }");
  const names = account.parse({ groups }).groups.map(({ displayName }) => displayName);
  return [
    `user ada            in ${names.join(", ") || "no group"}`,
    `                    marked ${values["nixops4-owner"]?.[0] ?? "not at all"}`,
  ];
}

/** Logs in over LDAP, as an application does, and searches the members of the group. */
export async function logInOverLdap({ ldapUrl, baseDn }: LldapServer, password: Secret): Promise<string> {
  const client = new Client({ url: ldapUrl });
  try {
    await client.bind(`uid=ada,ou=people,${baseDn}`, password.revealText());
    const { searchEntries } = await client.search(baseDn, { filter: `(memberof=cn=operators,ou=groups,${baseDn})` });
    return `ada       logs in over LDAP and finds as members: ${searchEntries.map(({ dn }) => dn).join("; ") || "nobody"}`;
  } finally {
    await client.unbind();
  }
}

/** Removes her from the group by hand. Returns the call. */
export async function driftAccount(lldap: LldapServer): Promise<string[]> {
  const entries = new Entries(lldap);
  await entries.removeMember("ada", await entries.groupId("operators"));
  return ["removeUserFromGroup ada operators"];
}
