import type { ProviderError } from "@nixops4-resources/protocol-core";
import { requireStorable } from "../attributes.ts";
import { failure, groupsMissing } from "../failure.ts";
import { isSameName } from "../group-name.ts";
import { adminGroup, type Account } from "./account.ts";
import type { Look } from "./look.ts";
import { resolvePassword } from "./password.ts";
import { personalFields } from "./personal.ts";

/** Why the inputs contradict each other; undefined if they do not. */
export function contradiction(account: Account): ProviderError | undefined {
  const { id, groups, password, passwordMode, allowAdmin, connection } = account;
  if (groups.some((name) => isSameName(name, adminGroup)) && !allowAdmin) {
    return invalid(
      `\`groups\` names ${adminGroup}, whose members may do everything`,
      "Set `allowAdmin = true`, or remove the group from `groups`",
    );
  }
  if (password === null) {
    const isEnforced = passwordMode === "enforce";
    return isEnforced
      ? invalid('`passwordMode` is "enforce", and `password` is not set', "Set `password`, or leave out `passwordMode`")
      : undefined;
  }
  if (id === connection.username) {
    return failure(
      `${id} is the provider's own account, whose password it does not change`,
      "lldap.account.own",
      "Leave out `password`, or use another account in `connection.username`",
    );
  }
  return connection.ldap === null ? ldapMissing() : undefined;
}

/** Throws what lldap would reject, before anything is written. */
export async function requirePossible(account: Account, { emailHolder, groups, schema }: Look): Promise<void> {
  const flaw = contradiction(account);
  if (flaw !== undefined) throw flaw;
  if (emailHolder !== undefined) throw emailTaken(account.email, emailHolder);
  const missing = account.groups.filter((name) => !groups.some(({ displayName }) => isSameName(displayName, name)));
  if (missing.length > 0) throw groupsMissing(missing);
  requireStorable(account.attributes, schema, "user");
  await personalFields(account);
  if (account.password !== null) await resolvePassword(account.password, account.id);
}

export const emailTaken = (email: string, holder: string): ProviderError =>
  failure(
    `the user ${holder} already has the e-mail address ${email}; lldap does not distinguish case`,
    "lldap.email.taken",
    `Choose another address, or change that of ${holder}`,
  );

const ldapMissing = (): ProviderError =>
  failure(
    "lldap sets and checks passwords only over LDAP, and `connection.ldap` is not set",
    "lldap.ldap.missing",
    "Set `connection.ldap.url`, such as `ldaps://lldap.example.org:6360`",
  );

const invalid = (reason: string, hint: string): ProviderError => failure(reason, "lldap.account.contradiction", hint);
