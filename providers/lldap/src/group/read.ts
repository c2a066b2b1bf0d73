import { log, somethingElse, type Previous, type Seen } from "@nixops4-resources/protocol-core";
import { requireStorable, seenValues } from "../attributes.ts";
import type { ApiGroup } from "../graphql/shapes.ts";
import { isSameName } from "../group-name.ts";
import { markOf } from "../marks.ts";
import type { GroupReader } from "./client.ts";
import { readDeclared } from "./declared.ts";
import { filtersFor } from "./filters.ts";
import type { inputs, outputs, Want } from "./inputs.ts";
import { findGroup, lookAtGroups, nameTaken, type Look } from "./look.ts";

/** Undefined if the group does not exist and could be created. */
export async function readGroup(
  client: GroupReader,
  want: Want,
  { name: previousName }: Previous<typeof inputs>,
): Promise<Seen<typeof inputs, typeof outputs> | undefined> {
  const look = await lookAtGroups(client);
  const isFirst = client.findings.look === undefined;
  const { named, own } = findGroup(look, want, previousName);
  // A destroy deletes the deployment's own group, and leaves alone the one that has the name.
  const group = own ?? named;
  client.findings.look = look;
  client.findings.group = group;
  if (client.needsSecrets) {
    if (named !== undefined && own !== undefined && named !== own) throw nameTaken(want.name, own);
    requireStorable(want.attributes, look.schema, "group");
  }
  if (group === undefined) return undefined;
  if (isFirst && isRenamedByHand(group, want)) {
    log.warn("the group was renamed by hand", { group: want.name, nameNow: group.displayName });
  }
  const { id, uuid, displayName } = group;
  return {
    mark: markOf(group),
    inputs: { name: seenName(group, want), attributes: seenAttributes(group, want, look) },
    outputs: { id, uuid, name: displayName, ...filtersFor(want.connection, displayName) },
  };
}

const isRenamedByHand = (group: ApiGroup, { name }: Want): boolean =>
  !isSameName(group.displayName, name) && isSameName(readDeclared(group).name ?? "", name);

/** The name that the group has, or else the one that it was declared with. Others declare theirs for themselves. */
function seenName(group: ApiGroup, { name, managedBy }: Want): string | typeof somethingElse {
  if (!isSameName(group.displayName, name)) return group.displayName;
  if (markOf(group)?.managedBy !== managedBy) return name;
  const declared = readDeclared(group).name ?? somethingElse;
  return declared !== somethingElse && isSameName(declared, name) ? name : declared;
}

export const seenAttributes = (group: ApiGroup, want: Want, { schema }: Look): Record<string, string[]> =>
  seenValues(group, want.attributes, { declared: readDeclared(group).attributes, schema });
