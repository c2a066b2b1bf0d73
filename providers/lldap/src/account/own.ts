import { encodeMark, type Listed, type Mark } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { deleteUser, listUsers, lookUpSchema, updateUser } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import { whileLocked } from "../lock.ts";
import { markValue, ownAttributes, ownerAttribute, requireOwnAttributes } from "../marks.ts";
import { adminGroup, type Account } from "./account.ts";
import type { AccountWriter } from "./client.ts";
import { isMember, lookAt } from "./look.ts";
import { administrator } from "./memberships.ts";
import { requireOneType } from "./read.ts";
import { requireMarked } from "./update.ts";

/** Writes or removes our mark, if the user carries `expected`. */
export async function markAccount(
  client: AccountWriter,
  account: Account,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  const { id, connection } = account;
  await whileLocked("user", { name: id, connection }, async () => {
    const look = await lookAt(client, account);
    requireMarked(look, expected);
    if (mark !== undefined) await requireOwnAttributes(client, "user", look.schema);
    const change = mark === undefined ? { removeAttributes: ownAttributes } : { insertAttributes: [markValue(mark)] };
    await client.change(updateUser, { user: { id, ...change } });
  });
}

/** Deletes the user, if it carries `expected`. */
export async function deleteAccount(
  client: AccountWriter,
  account: Account,
  expected: Mark | undefined,
): Promise<void> {
  const { id, connection } = account;
  await whileLocked("user", { name: id, connection }, async () => {
    const look = await lookAt(client, account);
    if (look.user === undefined) return;
    const user = requireMarked(look, expected);
    requireOneType(account, user);
    if (id === connection.username) throw ownAccount(id);
    if (isMember(user, adminGroup)) throw administrator(id, "deleted");
    const refused = await client.tryChange(deleteUser, { id });
    if (refused === undefined || (await lookAt(client, account)).user === undefined) return;
    throw await client.explained(refused, "lldap_admin");
  });
}

/** Every user of this type that carries the deployment's mark. lldap rejects a filter by an attribute that it does not have. */
export async function listAccounts(client: LldapReader, managedBy: string, type: Account["type"]): Promise<Listed[]> {
  const { userSchema } = (await client.ask(lookUpSchema)).schema;
  if (!userSchema.attributes.some(({ name }) => name === ownerAttribute)) return [];
  const marks = [
    { managedBy, type },
    { managedBy, type, adopted: true as const },
  ];
  const listed: Listed[] = [];
  for (const mark of marks) {
    const { users } = await client.ask(listUsers, { attribute: ownerAttribute, value: encodeMark(mark) });
    listed.push(...users.map(({ id }) => ({ label: id, inputs: { id }, mark })));
  }
  return listed;
}

const ownAccount = (id: string): Error =>
  failure(
    `${id} is the provider's own account, which it does not delete`,
    "lldap.account.own",
    'Set `deletion = "retain"`, or use another account in `connection.username`',
  );
