import { defineResource, type Listed } from "@nixops4-resources/protocol-core";
import { connection } from "../connection.ts";
import { markOf } from "../marks.ts";
import { connectReader, connectWriter, type GroupReader } from "./client.ts";
import { readDeclared } from "./declared.ts";
import { inputs, outputs } from "./inputs.ts";
import { lookAtGroups } from "./look.ts";
import { readGroup } from "./read.ts";
import { create, remove, setMark, update } from "./write.ts";

export default defineResource({
  type: "group",
  description:
    "A group of users, without its members: users name their groups, and `membership` adds users that somebody else manages. A group that was renamed by hand is found by its mark and gets its name back. The groups of lldap itself are never changed.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs,
  immutable: {},
  stableOutputs: ["id", "uuid", "baseDn"],
  leastRights: "The account must be a member of `lldap_admin`. Reading needs `lldap_strict_readonly`.",
  example: { name: "operators" },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  read: readGroup,
  create,
  update: (client, want, { mark }) => update(client, want, mark),
  delete: (client, want, { mark }) => remove(client, want, mark),
  setMark,
  list: listGroups,
});

/** Every group that carries the deployment's mark, by the name that finds it. */
async function listGroups(client: GroupReader, managedBy: string): Promise<Listed[]> {
  const { groups } = await lookAtGroups(client);
  return groups.flatMap((group) => {
    const mark = markOf(group);
    const name = readDeclared(group).name ?? group.displayName;
    return mark?.managedBy === managedBy ? [{ label: name, inputs: { name }, mark }] : [];
  });
}
