import { defineResource, somethingElse } from "@nixops4-resources/protocol-core";
import { connectReader, connectWriter } from "../account/client.ts";
import { createAccount } from "../account/create.ts";
import { deleteAccount, listAccounts, markAccount } from "../account/own.ts";
import { readAccount } from "../account/read.ts";
import { updateAccount } from "../account/update.ts";
import { connection } from "../connection.ts";
import { baseDnOf, groupsDn, peopleDn, userDn } from "../dn.ts";
import { accountOf, inputs, outputs } from "./inputs.ts";

export default defineResource({
  type: "service_account",
  description:
    "An account with which an application logs in to LDAP to find users, so that it need not use the administrator's. Its password is enforced.",
  requireState: false,
  identity: ["id"],
  connection,
  inputs,
  outputs,
  immutable: {
    id: "Declare a service account of the new id, change the application to it, and destroy this one",
  },
  secret: ["password"],
  stableOutputs: ["bindDn", "uuid", "baseDn", "usersDn", "groupsDn"],
  leastRights: "The account of `connection` must be a member of `lldap_admin`. Reading needs `lldap_strict_readonly`.",
  example: { id: "mastodon", password: { file: "/run/secrets/mastodon-ldap-password" } },
  exampleConnection: {
    url: "https://lldap.example.org",
    password: { file: "/run/secrets/lldap-admin-password" },
    baseDn: "dc=example,dc=org",
    ldap: { url: "ldaps://lldap.example.org:6360" },
  },

  label: ({ id }) => id,
  connectReader,
  connectWriter,

  async read(client, want) {
    const seen = await readAccount(client, accountOf(want));
    if (seen === undefined) return undefined;
    const { user, mark, inputs: found, isPasswordRight } = seen;
    const { connection: at } = want;
    return {
      mark,
      inputs: {
        ...(found !== undefined && {
          id: found.id,
          email: found.email === accountOf(want).email ? want.email : found.email,
          displayName: found.displayName,
          groups: found.groups,
        }),
        password: isPasswordRight ? want.password : somethingElse,
      },
      outputs: {
        bindDn: userDn(at, user.id),
        uuid: user.uuid,
        baseDn: baseDnOf(at),
        usersDn: peopleDn(at),
        groupsDn: groupsDn(at),
      },
    };
  },

  create: (client, want, mark) => createAccount(client, accountOf(want), mark),
  update: (client, want, { mark }) => updateAccount(client, accountOf(want), mark),
  delete: (client, want, { mark }) => deleteAccount(client, accountOf(want), mark),
  setMark: (client, want, mark, expected) => markAccount(client, accountOf(want), mark, expected),
  list: (client, managedBy) => listAccounts(client, managedBy, "service_account"),
});
