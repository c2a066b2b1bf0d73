import { baseDnOf, groupDn } from "../dn.ts";

/**
 * The filters that applications need to let in the members of a group, in the applications' own words. Their placeholders
 * contain `%` and braces, which neither a name of a group nor a base DN contains.
 */
export function filtersFor(directory: { readonly baseDn: string }, name: string) {
  const memberFilter = `(memberof=${escapeValue(groupDn(directory, name))})`;
  return {
    dn: groupDn(directory, name),
    baseDn: baseDnOf(directory),
    memberFilter,
    // https://docs.joinmastodon.org/admin/config/#ldap
    mastodonSearchFilter: `(&${memberFilter}(|(%{uid}=%{email})(%{mail}=%{email})))`,
    // https://www.authelia.com/configuration/first-factor/ldap/#users_filter
    autheliaUsersFilter: `(&${memberFilter}(|({username_attribute}={input})({mail_attribute}={input}))(objectClass=person))`,
  };
}

/** A value in a filter. https://www.rfc-editor.org/rfc/rfc4515#section-3 */
const escapeValue = (value: string): string =>
  value.replace(/[\0()*\\]/g, (special) => `\\${special.charCodeAt(0).toString(16).padStart(2, "0")}`);
