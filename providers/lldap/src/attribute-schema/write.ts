import { AlreadyExists, MarkChanged, type ProviderError } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import {
  addGroupAttribute,
  addUserAttribute,
  deleteGroupAttribute,
  deleteUserAttribute,
} from "../graphql/operations.ts";
import type { LldapWriter } from "../graphql/writer.ts";
import { whileLocked } from "../lock.ts";
import type { Want } from "./inputs.ts";
import { countHolders, isDifferent, lookAt } from "./look.ts";
import { loss, requireOwn, requirePossible } from "./possible.ts";

const operations = {
  user: { add: addUserAttribute, delete: deleteUserAttribute },
  group: { add: addGroupAttribute, delete: deleteGroupAttribute },
} as const;

/** Creates the attribute. */
export async function create(client: LldapWriter, want: Want): Promise<void> {
  await whileNameLocked(want, async () => {
    if (!(await add(client, want))) throw new AlreadyExists(want.name);
  });
}

/** Deletes the attribute and creates it as declared: lldap cannot change one. */
export async function replace(client: LldapWriter, want: Want): Promise<void> {
  await whileNameLocked(want, async () => {
    const look = await lookAt(client, want);
    requirePossible(want, look);
    // Another process may have replaced it, or have been killed between the two steps.
    if (look.found !== undefined && !isDifferent(want, look.found)) return;
    if (look.found !== undefined) await deleteIt(client, want);
    // Another machine was faster: look at its attribute.
    if (!(await add(client, want))) throw new MarkChanged();
  });
}

/** Deletes the attribute with its values, if the inputs permit that. */
export async function remove(client: LldapWriter, want: Want): Promise<void> {
  await whileNameLocked(want, async () => {
    const look = await lookAt(client, want);
    requireOwn(want, look);
    if (look.found !== undefined) await deleteIt(client, want);
    if ((await lookAt(client, want)).found !== undefined) throw ineffective(want);
  });
}

/** False if it exists already. */
async function add(client: LldapWriter, want: Want): Promise<boolean> {
  const { kind, name, attributeType, isList, isVisible, isEditable } = want;
  const values = { name, attributeType, isList, isVisible, isEditable };
  const refused = await client.tryChange(operations[kind].add, values);
  if (refused === undefined) return true;
  // Somebody may have been faster, also with an attribute of the other kind.
  const look = await lookAt(client, want);
  requirePossible(want, look);
  if (look.found === undefined) throw await client.explained(refused, "lldap_admin");
  return false;
}

/** Counts again: somebody may have added values since the look. */
async function deleteIt(client: LldapWriter, want: Want): Promise<void> {
  const { kind, name, confirmLoss } = want;
  const holders = confirmLoss ? 0 : await countHolders(client, want);
  if (holders > 0) throw loss(want, holders);
  const refused = await client.tryChange(operations[kind].delete, { name });
  if (refused === undefined || (await lookAt(client, want)).found === undefined) return;
  throw await client.explained(refused, "lldap_admin");
}

/** One name has one type for users and groups, so they share the lock. */
const whileNameLocked = ({ name, connection }: Want, work: () => Promise<void>): Promise<void> =>
  whileLocked("attribute", { name, connection }, work);

const ineffective = ({ name }: Want): ProviderError =>
  failure(
    `the attribute ${name} still exists, although lldap accepted its deletion`,
    "lldap.change.ineffective",
    "Apply again; if the error remains, check what is between this machine and lldap",
  );
