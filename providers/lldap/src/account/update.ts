import { MarkChanged, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import { changesTo, seenValues } from "../attributes.ts";
import { updateUser } from "../graphql/operations.ts";
import { valueOf, type ApiUser } from "../graphql/shapes.ts";
import { whileLocked } from "../lock.ts";
import { markOf, requireOwnAttributes, type AttributeValue } from "../marks.ts";
import type { Account } from "./account.ts";
import type { AccountWriter } from "./client.ts";
import { declaredBy, declaredValue, isSameDeclared, readDeclared, union, type Declared } from "./declared.ts";
import { lookAt, membershipChanges, type Look } from "./look.ts";
import { changeMemberships, requireNoDemotion } from "./memberships.ts";
import { passwordModified, passwordNeed, writePassword, type PasswordNeed } from "./password.ts";
import { personalFields } from "./personal.ts";
import { emailTaken, requirePossible } from "./possible.ts";

/** Brings the user in line, if it still carries the mark. */
export async function updateAccount(client: AccountWriter, account: Account, mark: Mark): Promise<void> {
  await whileLocked("user", { name: account.id, connection: account.connection }, async () => {
    const look = await lookAt(client, account);
    const user = requireMarked(look, mark);
    await requirePossible(account, look);
    await requireOwnAttributes(client, "user", look.schema);
    const declared = readDeclared(user);
    const memberships = membershipChanges(account, user, look.groups, declared);
    requireNoDemotion(account, memberships.leave);
    const need = await passwordNeed(client, account, user, declared);

    const during = union(declared, declaredBy(account));
    const fields = await changedFields(account, user, look, declared);
    if (fields !== undefined || !isSameDeclared(during, declared)) await write(client, account, during, fields);
    await changeMemberships(client, account, memberships);
    await writePassword(client, account, need);
    const after = await declaredAfter(client, account, need, declared);
    if (!isSameDeclared(after, during)) await write(client, account, after, undefined);
  });
}

/** The user of a look. Throws MarkChanged if it is gone or does not carry the mark. */
export function requireMarked({ user }: Pick<Look, "user">, expected: Mark | undefined): ApiUser {
  if (user === undefined) throw new MarkChanged();
  requireMark(markOf(user), expected);
  return user;
}

interface Fields {
  readonly insertAttributes: readonly AttributeValue[];
  readonly removeAttributes: readonly string[];
}

/** Fields of `updateUser` that differ; undefined if none does. lldap keeps what is left out. */
async function changedFields(account: Account, user: ApiUser, { schema }: Look, declared: Declared) {
  const { email } = account;
  const personal = await personalFields(account);
  const differing = Object.entries(personal).filter(
    ([name, value]) => value !== (valueOf(user, attributeOf[name] ?? name) ?? ""),
  );
  const seen = seenValues(user, account.attributes, { declared: declared.attributes, schema });
  const { insert, remove } = changesTo(seen, account.attributes);
  const fields = {
    ...(email !== valueOf(user, "mail") && { email }),
    ...Object.fromEntries(differing),
    insertAttributes: insert,
    removeAttributes: remove,
  };
  return Object.keys(fields).length === 2 && insert.length + remove.length === 0 ? undefined : fields;
}

/** Names of lldap's own attributes, by the name of the field. */
const attributeOf: Readonly<Record<string, string>> = {
  displayName: "display_name",
  firstName: "first_name",
  lastName: "last_name",
};

async function write(
  client: AccountWriter,
  account: Account,
  declared: Declared,
  fields: Fields | undefined,
): Promise<void> {
  const { id, email } = account;
  const insertAttributes = [declaredValue(declared), ...(fields?.insertAttributes ?? [])];
  const refused = await client.tryChange(updateUser, { user: { id, ...fields, insertAttributes } });
  if (refused === undefined) return;
  const { user, emailHolder } = await lookAt(client, account);
  if (user === undefined) throw new MarkChanged();
  if (emailHolder !== undefined) throw emailTaken(email, emailHolder);
  throw await client.explained(refused, "lldap_admin");
}

/** What the deployment declares in the end. A password that became random is remembered by the time of that change. */
async function declaredAfter(
  client: AccountWriter,
  account: Account,
  need: PasswordNeed,
  before: Declared,
): Promise<Declared> {
  const declared = declaredBy(account);
  if (!account.disabled || account.passwordMode !== "enforce") return declared;
  const { user } = need === "lock" ? await lookAt(client, account) : { user: undefined };
  const lockedAt = need === "lock" ? user && passwordModified(user) : before.lockedAt;
  return lockedAt === undefined ? declared : { ...declared, lockedAt };
}
