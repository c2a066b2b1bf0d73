import { defineResource, somethingElse } from "@nixops4-resources/protocol-core";
import { connectReader, connectWriter } from "../account/client.ts";
import { createAccount } from "../account/create.ts";
import { deleteAccount, listAccounts, markAccount } from "../account/own.ts";
import { readAccount } from "../account/read.ts";
import { updateAccount } from "../account/update.ts";
import { connection } from "../connection.ts";
import { baseDnOf, userDn } from "../dn.ts";
import { accountOf, inputs, outputs } from "./inputs.ts";

export default defineResource({
  type: "user",
  description:
    "A user, with its groups and its password. Others may add groups and attributes: only what the inputs name is changed.",
  requireState: false,
  identity: ["id"],
  connection,
  inputs,
  outputs,
  immutable: {
    id: "Declare a user of the new id, and destroy this one: applications know the user by its id",
  },
  secret: ["password"],
  stableOutputs: ["dn", "uuid", "baseDn"],
  leastRights: "The account must be a member of `lldap_admin`. Reading needs `lldap_strict_readonly`.",
  example: { id: "ada", email: "ada@example.org", displayName: "Ada", groups: ["operators"] },

  label: ({ id }) => id,
  connectReader,
  connectWriter,

  async read(client, want) {
    const seen = await readAccount(client, accountOf(want));
    if (seen === undefined) return undefined;
    const { id, uuid } = seen.user;
    const baseDn = baseDnOf(want.connection);
    return {
      mark: seen.mark,
      inputs: { ...seen.inputs, password: seen.isPasswordRight ? want.password : somethingElse },
      outputs: { dn: userDn(want.connection, id), uuid, baseDn, otherGroups: [...seen.otherGroups] },
    };
  },

  create: (client, want, mark) => createAccount(client, accountOf(want), mark),
  update: (client, want, { mark }) => updateAccount(client, accountOf(want), mark),
  delete: (client, want, { mark }) => deleteAccount(client, accountOf(want), mark),
  setMark: (client, want, mark, expected) => markAccount(client, accountOf(want), mark, expected),
  list: (client, managedBy) => listAccounts(client, managedBy, "user"),
});
