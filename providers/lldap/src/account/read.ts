import { log, type Mark } from "@nixops4-resources/protocol-core";
import { declaredTwice } from "../failure.ts";
import type { ApiUser } from "../graphql/shapes.ts";
import { markOf } from "../marks.ts";
import type { Account } from "./account.ts";
import type { AccountReader } from "./client.ts";
import { readDeclared } from "./declared.ts";
import { lookAt, membershipChanges, otherGroups, seenInputs, type Look, type SeenInputs } from "./look.ts";
import { passwordNeed } from "./password.ts";
import { contradiction, requirePossible } from "./possible.ts";

/** What a look at a user found, in the shape of all inputs that an account can have. */
export interface SeenAccount {
  readonly mark: Mark | undefined;
  readonly user: ApiUser;
  /** Names of the user's groups that the inputs do not name. */
  readonly otherGroups: readonly string[];
  /** Undefined in a destroy request, which compares nothing. */
  readonly inputs: (SeenInputs & { readonly disabled: boolean }) | undefined;
  /** False if the password that the user has is certainly not the wanted one. */
  readonly isPasswordRight: boolean;
}

/** Undefined if the user does not exist and could be created. */
export async function readAccount(client: AccountReader, account: Account): Promise<SeenAccount | undefined> {
  const look = await lookAt(client, account);
  const isFirst = client.findings.look === undefined;
  client.findings.look = look;
  const { user } = look;
  if (user !== undefined) {
    const mark = requireOneType(account, user);
    const others = otherGroups(account, user);
    if (isFirst && account.disabled && others.length > 0) warnOf(account, others);
    const whole = { mark, user, otherGroups: others, inputs: undefined, isPasswordRight: true };
    return client.needsSecrets ? { ...whole, ...(await seenAll(client, account, user, look)) } : whole;
  }
  if (client.needsSecrets) await requirePossible(account, look);
  return undefined;
}

async function seenAll(
  client: AccountReader,
  account: Account,
  user: ApiUser,
  look: Look,
): Promise<Pick<SeenAccount, "inputs" | "isPasswordRight">> {
  const flaw = contradiction(account);
  if (flaw !== undefined) throw flaw;
  const declared = readDeclared(user);
  const need = await passwordNeed(client, account, user, declared);
  const { leave } = membershipChanges(account, user, look.groups, declared);
  const isAway = leave.length === 0 && declared.groups.length === 0 && need !== "lock";
  const disabled = account.disabled ? isAway : declared.lockedAt !== undefined;
  return {
    inputs: { ...(await seenInputs(account, user, look, declared)), disabled },
    isPasswordRight: need !== "set",
  };
}

/** No two resources manage one user. */
export function requireOneType({ id, managedBy, type }: Account, user: ApiUser): Mark | undefined {
  const mark = markOf(user);
  if (mark?.managedBy === managedBy && mark.type !== type) throw declaredTwice(`the user ${id}`, mark.type);
  return mark;
}

const warnOf = ({ id }: Account, groups: readonly string[]): void =>
  log.warn("the disabled user is still a member of groups that its inputs do not name", { user: id, groups });
