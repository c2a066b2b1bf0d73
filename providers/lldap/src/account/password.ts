import { resolveSecret, type ProviderError, type SecretRef } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { lookUpUser } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import type { LldapWriter } from "../graphql/writer.ts";
import { valueOf, type ApiUser } from "../graphql/shapes.ts";
import type { Account } from "./account.ts";
import type { Declared } from "./declared.ts";

/** What the password of a user needs: nothing, the declared value, or a random one. */
export type PasswordNeed = "lock" | "nothing" | "set";

/** The password of an account, for the moment of its use. */
export async function resolvePassword(ref: SecretRef, id: string): Promise<string> {
  const text = (await resolveSecret(ref, `the password of user ${id}`)).revealText();
  const flaw = flawOf(text);
  if (flaw !== undefined) throw invalid(id, flaw);
  return text;
}

/** lldap takes every text literally, so that nobody could log in with what such a value was meant to be. */
function flawOf(text: string): string | undefined {
  if (/^\{[A-Za-z0-9-]+\}/.test(text)) return "begins with a scheme such as {SSHA}, as a hash does";
  return /\p{Cc}/u.test(text) ? "contains a control character, such as a line break" : undefined;
}

/** Looks at the password of an existing user, by a login with it where nothing else tells. */
export async function passwordNeed(
  client: LldapReader,
  account: Account,
  user: ApiUser,
  { lockedAt }: Declared,
): Promise<PasswordNeed> {
  const { password, passwordMode, disabled } = account;
  if (password === null || !client.needsSecrets) return "nothing";
  const modified = passwordModified(user);
  if (passwordMode === "initial") return requireTold(modified, "initial") === "never" ? "set" : "nothing";
  if (disabled) {
    const time = requireTold(modified, "disabled");
    return time === "never" || time === lockedAt ? "nothing" : "lock";
  }
  if (lockedAt !== undefined || modified === "never") return "set";
  return (await isAccepted(client, account, password)) ? "nothing" : "set";
}

/** The same for a user that was just created, which has no password. */
export const newPasswordNeed = ({ password, passwordMode, disabled }: Account): PasswordNeed =>
  password === null || (disabled && passwordMode === "enforce") ? "nothing" : "set";

/** Sets the password that the user needs, if it needs one. */
export async function writePassword(client: LldapWriter, account: Account, need: PasswordNeed): Promise<void> {
  const { connection, id, password } = account;
  if (need === "nothing" || password === null) return;
  const { randomPassword, setPassword } = await import("../ldap/directory.ts");
  const text = need === "lock" ? randomPassword() : await resolvePassword(password, id);
  await setPassword(connection, client.request.signal, id, text);
}

/** Time of the last change, `never`, or undefined if the server does not tell it: before lldap 0.6.3. */
export function passwordModified(user: ApiUser): string | undefined {
  const modified = valueOf(user, "password_modified_date");
  return modified !== undefined && modified === valueOf(user, "creation_date") ? "never" : modified;
}

/** lldap answers a bind with the code of a wrong password also when it fails itself, so a look must succeed after it. */
async function isAccepted(client: LldapReader, { id, email }: Account, ref: SecretRef): Promise<boolean> {
  const { canBind } = await import("../ldap/directory.ts");
  const { connection, request } = client;
  if (await canBind(connection, request.signal, id, await resolvePassword(ref, id))) return true;
  await client.ask(lookUpUser, { id, email, groups: false });
  return false;
}

function requireTold(modified: string | undefined, input: "disabled" | "initial"): string {
  if (modified !== undefined) return modified;
  const what = input === "initial" ? '`passwordMode = "initial"`' : "`disabled`";
  throw failure(
    `${what} requires lldap 0.6.3: older versions do not tell when a password was changed`,
    "lldap.version.unsupported",
    'Upgrade lldap, or set `passwordMode = "enforce"` and leave out `disabled`',
  );
}

const invalid = (id: string, flaw: string): ProviderError =>
  failure(
    `the password of user ${id} ${flaw}, and lldap would take it literally`,
    "lldap.password.invalid",
    "Store the plain password as one line of text; lldap hashes it",
  );
