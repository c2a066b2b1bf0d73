import { defineResource } from "@nixops4-resources/protocol-core";
import { connection } from "../connection.ts";
import { connectReader } from "../graphql/reader.ts";
import { connectWriter } from "../graphql/writer.ts";
import { inputs, outputs } from "./inputs.ts";
import { countHolders, isDifferent, lookAt, SeenAttribute } from "./look.ts";
import { loss, requirePossible } from "./possible.ts";
import { create, remove, replace } from "./write.ts";

const another = "Declare a new attribute, copy the values, and destroy this one";

export default defineResource({
  type: "attribute_schema",
  description:
    "A custom attribute that users or groups can have. lldap cannot change one: a change deletes it with all values and creates it again, and is rejected if there are values, unless `confirmLoss` is true. The attribute carries no mark of a deployment. Destroying retains it, since others may have stored values in it.",
  requireState: false,
  identity: ["kind", "name"],
  retainedByDefault: true,
  connection,
  inputs,
  outputs,
  immutable: { kind: another, name: another },
  stableOutputs: ["name"],
  leastRights: "The account must be a member of `lldap_admin`. Reading needs `lldap_strict_readonly`.",
  example: { kind: "user", name: "mail-alias", attributeType: "STRING", isList: true },

  label: ({ kind, name }) => `${name} of ${kind}s`,
  connectReader,
  connectWriter,

  async read(client, want) {
    const look = await lookAt(client, want);
    const { found } = look;
    // A destroy compares nothing.
    if (client.needsSecrets) requirePossible(want, look);
    if (found === undefined) return undefined;
    const isReplaced = client.needsSecrets && !want.confirmLoss && isDifferent(want, found);
    return new SeenAttribute(want, found, isReplaced ? await countHolders(client, want) : 0);
  },

  refuse: (want, seen) => (seen instanceof SeenAttribute && seen.holders > 0 ? loss(want, seen.holders) : undefined),

  create,
  update: (client, want) => replace(client, want),
  delete: (client, want) => remove(client, want),
});
