import { somethingElse } from "@nixops4-resources/protocol-core";
import { seenValues } from "../attributes.ts";
import { groupsMissing } from "../failure.ts";
import { isSameName } from "../group-name.ts";
import { lookUpUser } from "../graphql/operations.ts";
import type { LldapReader } from "../graphql/reader.ts";
import { valueOf, type ApiAttributeSchema, type ApiGroupName, type ApiUser } from "../graphql/shapes.ts";
import { presentGroups, type Account } from "./account.ts";
import type { Declared } from "./declared.ts";

/** All that one request tells about an account. */
export interface Look {
  readonly user: ApiUser | undefined;
  /** Id of another user who has the wanted e-mail address. */
  readonly emailHolder: string | undefined;
  /** All groups; empty if the account names none. */
  readonly groups: readonly ApiGroupName[];
  readonly schema: readonly ApiAttributeSchema[];
}

export async function lookAt(client: LldapReader, { id, email, groups: wanted }: Account): Promise<Look> {
  const {
    users,
    holders,
    groups = [],
    schema,
  } = await client.ask(lookUpUser, { id, email, groups: wanted.length > 0 });
  return {
    user: users[0],
    emailHolder: holders.find((holder) => holder.id !== id)?.id,
    groups,
    schema: schema.userSchema.attributes,
  };
}

/** A user of lldap in the shape of the inputs. */
export interface SeenInputs {
  readonly id: string;
  readonly email: string;
  readonly displayName: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly avatarFile: string | typeof somethingElse | null;
  readonly attributes: Record<string, string[]>;
  readonly groups: string[];
}

/** The user without what its password tells. */
export async function seenInputs(
  account: Account,
  user: ApiUser,
  { schema }: Look,
  declared: Declared,
): Promise<SeenInputs> {
  const { displayName, firstName, lastName, avatarFile } = account;
  return {
    id: user.id,
    email: valueOf(user, "mail") ?? "",
    displayName: displayName === null ? null : (valueOf(user, "display_name") ?? ""),
    firstName: firstName === null ? null : (valueOf(user, "first_name") ?? ""),
    lastName: lastName === null ? null : (valueOf(user, "last_name") ?? ""),
    avatarFile: (await hasAvatar(avatarFile, user)) ? avatarFile : somethingElse,
    attributes: seenValues(user, account.attributes, { declared: declared.attributes, schema }),
    groups: seenGroups(account, user, declared),
  };
}

async function hasAvatar(file: string | null, user: ApiUser): Promise<boolean> {
  if (file === null) return true;
  const { readAvatar } = await import("./avatar.ts");
  return (await readAvatar(file)) === valueOf(user, "avatar");
}

/**
 * The user's groups that the deployment declared, in the order and spelling of the input, and those that it declared before:
 * a killed process may have left their names, after which the user would lose a membership that somebody adds.
 */
function seenGroups(account: Account, user: ApiUser, declared: Declared): string[] {
  if (account.disabled) return [...account.groups];
  const present = account.groups.filter((name) => isMember(user, name) && declared.groups.includes(name.toLowerCase()));
  return [...present, ...declared.groups.filter((name) => !isAmong(account.groups, name))];
}

/** Ids of groups to join and to leave, so that the user is in exactly those that the deployment declares. */
export function membershipChanges(
  account: Account,
  user: Pick<ApiUser, "groups">,
  groups: readonly ApiGroupName[],
  declared: Declared,
): { readonly join: readonly number[]; readonly leave: readonly ApiGroupName[] } {
  const wanted = presentGroups(account);
  const join = wanted.filter((name) => !isMember(user, name));
  const ids = join.map((name) => groups.find(({ displayName }) => isSameName(displayName, name))?.id);
  const missing = join.filter((_name, index) => ids[index] === undefined);
  if (missing.length > 0) throw groupsMissing(missing);
  const ours = [...declared.groups, ...account.groups].filter((name) => !isAmong(wanted, name));
  return {
    join: ids.filter((id) => id !== undefined),
    leave: user.groups.filter(({ displayName }) => isAmong(ours, displayName)),
  };
}

/** Names of the groups that the inputs do not name. */
export const otherGroups = ({ groups }: Account, user: ApiUser): string[] =>
  user.groups.map(({ displayName }) => displayName).filter((name) => !isAmong(groups, name));

export function isMember({ groups }: Pick<ApiUser, "groups">, name: string): boolean {
  return groups.some(({ displayName }) => isSameName(displayName, name));
}

const isAmong = (names: readonly string[], wanted: string): boolean => names.some((name) => isSameName(name, wanted));
