import { defineResource, log, option } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import { connection } from "../connection.ts";
import { groupDn, userDn } from "../dn.ts";
import { connectReader } from "../graphql/reader.ts";
import { connectWriter } from "../graphql/writer.ts";
import { groupName } from "../group-name.ts";
import { userId } from "../user-id.ts";
import { add, remove } from "./change.ts";
import { contradiction, declaredAtUser, lookAt, managed, managerOf } from "./look.ts";

const another = "Declare a new membership and destroy this one";

export default defineResource({
  type: "membership",
  description:
    "The membership of one user in one group, if somebody else manages the user: a user of this deployment names its groups itself. A membership carries no mark of a deployment: one that existed before counts as declared, so destroying removes it.",
  requireState: false,
  identity: ["user", "group"],
  connection,
  inputs: {
    user: option(userId, "Id of the user, which must exist and which this deployment does not manage."),
    group: option(groupName, "Display name of the group, in any case. The group must exist."),
    allowAdmin: option(
      z.boolean(),
      "Whether `group` may be `lldap_admin`, whose members may do everything in lldap. A destroy never removes a user from it: do that by hand.",
      false,
    ),
  },
  outputs: {
    userDn: option(z.string(), "Distinguished name of the user, in lower case."),
    groupDn: option(z.string(), "Distinguished name of the group, in lower case."),
  },
  immutable: { user: another, group: another },
  stableOutputs: ["userDn", "groupDn"],
  leastRights: "The account must be a member of `lldap_admin`. Reading needs `lldap_strict_readonly`.",
  example: { user: "ada", group: "operators" },

  label: ({ user, group }) => `of ${user} in ${group}`,
  connectReader,
  connectWriter,

  async read(client, want) {
    const flaw = contradiction(want);
    if (flaw !== undefined && client.needsSecrets) throw flaw;
    const look = await lookAt(client, want);
    if (!look.isMember) return undefined;
    const declaredBy = declaredAtUser(look, want)?.managedBy;
    if (declaredBy !== undefined && !client.needsSecrets) {
      // A destroy removes only what no other resource declares.
      const { user, group } = want;
      log.warn("the membership is kept, since a resource of the user declares it", { user, group, declaredBy });
      return undefined;
    }
    return {
      mark: managerOf(look, want),
      inputs: { user: want.user, group: want.group },
      outputs: { userDn: userDn(want.connection, want.user), groupDn: groupDn(want.connection, want.group) },
    };
  },

  refuse: (want, { mark }) => (mark === undefined ? undefined : managed(want, mark)),

  create: add,

  // Every input that lldap stores identifies the membership, so there is nothing to change.
  update: async () => undefined,

  delete: (client, want) => remove(client, want),
});
