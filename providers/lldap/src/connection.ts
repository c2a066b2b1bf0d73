import { option, resolveSecret, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { endpointChecks, endpointInputs, isLoopback } from "@nixops4-resources/protocol-http";
import { tlsInputs } from "@nixops4-resources/protocol-tls";
import * as z from "zod/mini";
import { userId } from "./user-id.ts";

/** Not patterns of the schema: Nix evaluates a deployment with samples in place of what is not known yet. */
const baseDn = z
  .string()
  .check(
    z.refine(
      (dn) => /^[A-Za-z]+=[A-Za-z0-9._-]+(,[A-Za-z]+=[A-Za-z0-9._-]+)*$/.test(dn),
      "a DN such as `dc=example,dc=org`, without blanks and escapes",
    ),
  );

const ldapUrl = z
  .string()
  .check(
    z.refine(
      (url) => /^ldaps?:\/\/([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$/.test(url),
      "an ldap or ldaps URL with a host and perhaps a port, without user and path",
    ),
  );

/** The LDAP server of the same lldap. */
const ldap = z.strictObject({
  url: option(
    withExample(ldapUrl, "ldaps://lldap.example.org:6360"),
    "URL of lldap's LDAP server. The usual ports of lldap are 3890 for `ldap` and 6360 for `ldaps`; without a port, 389 and 636 are used. `ldap` is unencrypted, passwords included: it reaches only this machine unless `allowPlaintext` is true.",
  ),
  tls: option(
    z.nullable(tlsInputs),
    "How to recognize an `ldaps` server. Null trusts the well-known authorities and checks the server's name.",
    null,
  ),
});

interface LdapInputs {
  readonly allowPlaintext: boolean;
  readonly ldap: { readonly url: string; readonly tls: unknown } | null;
}

/** Checks of the LDAP server's URL, as `endpointChecks` checks that of the web server. */
const ldapChecks = [
  z.refine<LdapInputs>(({ ldap: at, allowPlaintext }) => at === null || allowPlaintext || !isPlain(at.url), {
    path: ["ldap", "url"],
    message:
      "an ldaps URL, or an ldap URL of this machine (localhost, 127.0.0.1, [::1]), since ldap shows the passwords to everybody on the way; `allowPlaintext = true` permits that",
  }),
  z.refine<LdapInputs>(({ ldap: at }) => at === null || at.tls === null || at.url.startsWith("ldaps:"), {
    path: ["ldap", "tls"],
    message: "null with an `ldap` URL, which has no TLS",
  }),
] as const;

/** Whether a connection to this URL leaves the machine unencrypted. */
const isPlain = (url: string): boolean => url.startsWith("ldap:") && !isLoopback(hostOf(url));

const hostOf = (url: string): string => url.replace(/^ldaps?:\/\//, "").replace(/:\d+$/, "");

/** Address of the server and our account there; the same for every type of this provider. */
export const connection = z
  .strictObject({
    ...endpointInputs("https://lldap.example.org"),
    username: option(userId, "Id of the account that the provider uses: a member of `lldap_admin`.", "admin"),
    password: option(withExample(secretRef, { file: "/run/secrets/lldap-admin-password" }), "Password of the account."),
    baseDn: option(
      withExample(baseDn, "dc=example,dc=org"),
      "Base DN of the directory: `ldap_base_dn` in lldap's configuration. DNs in outputs are in lower case.",
    ),
    ldap: option(
      z.nullable(ldap),
      "LDAP server of the same lldap. Needed only by resources that manage a password: lldap sets and checks passwords over LDAP.",
      null,
    ),
  })
  .check(...endpointChecks, ...ldapChecks);

export type Connection = z.output<typeof connection>;

/** The password of the provider's account. */
export async function passwordOf({ username, password, url }: Connection): Promise<string> {
  return (await resolveSecret(password, `the password of ${username} for ${url}`)).revealText();
}
