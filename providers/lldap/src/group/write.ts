import { AlreadyExists, MarkChanged, requireMark, type Mark } from "@nixops4-resources/protocol-core";
import { changesTo, requireStorable } from "../attributes.ts";
import { declaredValue } from "../declared.ts";
import { failure } from "../failure.ts";
import { createGroup, deleteGroup, updateGroup } from "../graphql/operations.ts";
import type { ApiGroup } from "../graphql/shapes.ts";
import { isBuiltIn, isSameName } from "../group-name.ts";
import { whileLocked } from "../lock.ts";
import { markOf, markValue, ownAttributes, requireOwnAttributes } from "../marks.ts";
import type { GroupWriter } from "./client.ts";
import { declaredBy, readDeclared } from "./declared.ts";
import type { Want } from "./inputs.ts";
import { findGroup, lookAtGroups, nameTaken, type Look } from "./look.ts";
import { requireNoOtherMembers } from "./members.ts";
import { seenAttributes } from "./read.ts";

/** Creates the group together with its mark. */
export async function create(client: GroupWriter, want: Want, mark: Mark): Promise<void> {
  await whileAllLocked(client, [want.name], async () => {
    const { schema } = client.findings.look ?? (await lookAtGroups(client));
    await requireOwnAttributes(client, "group", schema);
    const attributes = [markValue(mark), declaredValue(declaredBy(want)), ...changesTo({}, want.attributes).insert];
    const refused = await client.tryChange(createGroup, { group: { displayName: want.name, attributes } });
    if (refused === undefined) return;
    // Somebody may have been faster.
    const { named } = findGroup(await lookAtGroups(client), want);
    throw named === undefined ? await client.explained(refused, "lldap_admin") : new AlreadyExists(want.name);
  });
}

/** Brings the group in line, if it still carries the mark: its name and all attributes in one transaction. */
export async function update(client: GroupWriter, want: Want, mark: Mark): Promise<void> {
  await whileFound(client, want, mark, async (group, look) => {
    requireStorable(want.attributes, look.schema, "group");
    await requireOwnAttributes(client, "group", look.schema);
    const changes = changesTo(seenAttributes(group, want, look), want.attributes);
    const isRenamed = !isSameName(group.displayName, want.name);
    const refused = await client.tryChange(updateGroup, {
      group: {
        id: group.id,
        ...(isRenamed && { displayName: want.name }),
        removeAttributes: changes.remove,
        insertAttributes: [declaredValue(declaredBy(want)), ...changes.insert],
      },
    });
    if (refused === undefined) return;
    const { named } = findGroup(await lookAtGroups(client), want);
    const isTaken = named !== undefined && named.id !== group.id;
    throw isTaken ? nameTaken(want.name, group) : await client.explained(refused, "lldap_admin");
  });
}

/** Writes or removes our mark, if the group still carries `expected`. */
export async function setMark(
  client: GroupWriter,
  want: Want,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> {
  await whileFound(client, want, expected, async (group, { schema }) => {
    const { id } = group;
    if (mark === undefined) {
      const removeAttributes = ownAttributes.filter((wanted) => group.attributes.some(({ name }) => name === wanted));
      return await client.change(updateGroup, { group: { id, removeAttributes } });
    }
    await requireOwnAttributes(client, "group", schema);
    const declared = { ...readDeclared(group), name: want.name };
    await client.change(updateGroup, {
      group: { id, insertAttributes: [markValue(mark), declaredValue(declared)] },
    });
  });
}

/** Deletes the group, if it still carries the mark. */
export async function remove(client: GroupWriter, want: Want, mark: Mark | undefined): Promise<void> {
  await whileFound(client, want, mark, async ({ id }) => {
    if (!want.confirmLoss) await requireNoOtherMembers(client, want.managedBy, id);
    const refused = await client.tryChange(deleteGroup, { id });
    if (refused === undefined || (await lookAtGroups(client)).groups.every((group) => group.id !== id)) return;
    throw await client.explained(refused, "lldap_admin");
  });
}

/** Does work with the group that the last look found, if it has kept its name and its mark. */
async function whileFound(
  client: GroupWriter,
  want: Want,
  expected: Mark | undefined,
  work: (group: ApiGroup, look: Look) => Promise<void>,
): Promise<void> {
  const found = client.findings.group;
  if (found === undefined) throw new MarkChanged();
  await whileAllLocked(client, [want.name, found.displayName], async () => {
    const look = await lookAtGroups(client);
    const group = look.groups.find(({ id }) => id === found.id);
    if (group === undefined || group.displayName !== found.displayName) throw new MarkChanged();
    requireMark(markOf(group), expected);
    requireNotBuiltIn(group);
    await work(group, look);
  });
}

/** A rename concerns two names. They are locked in one order, so that no two requests wait for each other. */
async function whileAllLocked(client: GroupWriter, names: readonly string[], work: () => Promise<void>): Promise<void> {
  const [first, ...others] = [...new Set(names.map((name) => name.toLowerCase()))].toSorted();
  if (first === undefined) return await work();
  await whileLocked("group", { name: first, connection: client.connection }, () =>
    whileAllLocked(client, others, work),
  );
}

/** The group of administrators, as lldap knows it, also under another name. */
const idOfAdministrators = 1;

function requireNotBuiltIn({ id, displayName }: ApiGroup): void {
  if (id !== idOfAdministrators && !isBuiltIn(displayName)) return;
  throw failure(`the group ${displayName} belongs to lldap itself`, "lldap.group.builtIn", "Choose another name");
}
