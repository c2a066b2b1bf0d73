import { defineResource, option, readMark, secretRef, withExample } from "@nixops4-resources/protocol-core";
import { objectName } from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { connection, connectReader, connectWriter } from "./connection.ts";
import { destroyState } from "./store/destroy.ts";
import { allRecipients } from "./keys/keys.ts";
import { openStore } from "./store/store.ts";
import { createState, findState, listStates, setStateMark } from "./store/states.ts";
import { bringKeysInLine } from "./keys/rekey.ts";

export default defineResource({
  type: "state_postgres",
  description:
    "NixOps4 state, stored as a chain of encrypted events in PostgreSQL. Set `state` to this resource only for resources whose type needs a state. One apply at a time can write to it. The operator's manual is docs/state.md.",
  requireState: false,
  identity: ["name", "schema"],
  connection,
  inputs: {
    name: option(
      z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/)),
      "Name of the state. One database can contain many independent states.",
    ),
    schema: option(
      objectName,
      "Schema of the database that contains the tables. It is created with the first state.",
      "nixops4_state",
    ),
    identity: option(
      withExample(secretRef, { file: "/run/secrets/state-identity" }),
      "Key that decrypts the state: an age identity, or an SSH private key (Ed25519 or RSA) without a passphrase.",
    ),
    recipients: option(
      z.array(z.string()),
      "Additional public keys whose owners can decrypt the state: `age1...`, or SSH public key lines. The key of `identity` is always added. Set at least one more whose private key is stored elsewhere: if all private keys are lost, the state is lost. A removed recipient cannot read anything that is written later.",
      [],
    ),
    keyGeneration: option(
      z.int().check(z.minimum(1)),
      "Generation of the data key. Raise it to create a new data key, which encrypts everything that is written later. It cannot be lowered.",
      1,
    ),
    lockTimeoutSeconds: option(
      z.int().check(z.minimum(0), z.maximum(86_400)),
      "Time to wait for another apply that writes to this state, in seconds.",
      30,
    ),
  },
  outputs: {
    openedBy: option(
      z.array(z.string()),
      "Public keys whose owners can decrypt the state, including the key of `identity`.",
    ),
  },
  immutable: {
    name: "Changing the name declares a different state: export this state (`nixops4-resources-state export`), import it under the new name, and destroy the old one",
    schema:
      "Export the state (`nixops4-resources-state export`), import it into the other schema, and destroy the old one",
  },
  secret: ["identity"],
  stableOutputs: [],
  leastRights:
    "To create the first state of a schema: `CREATE` on the database, or an empty schema of that name that `connection.user` owns. To apply: `USAGE` on the schema, `SELECT` on its tables, `INSERT` on `event` and `snapshot`, `UPDATE (head, head_hash)` on `state`. To create more states: also `INSERT` on `state` and `data_key`. To change `recipients` or `keyGeneration`: `INSERT` and `UPDATE` on `data_key`. To adopt or destroy: `UPDATE` on `state`. To only read: `USAGE` and `SELECT`. Only `compact` needs `DELETE`.",
  example: { name: "my-deployment", identity: { file: "/run/secrets/state-identity" } },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want) {
    const { name, schema, recipients } = want;
    const found = await findState(await client.maintenance(), schema, name);
    if (found === undefined) return undefined;
    const wanted = await allRecipients(want);
    const isAsWanted = found.recipients.every((list) => list.join("\n") === wanted.join("\n"));
    const [openedBy = []] = found.recipients;
    return {
      mark: readMark(found.mark),
      inputs: {
        name,
        schema,
        recipients: isAsWanted ? recipients : [...openedBy],
        keyGeneration: found.keyGeneration,
      },
      outputs: { openedBy: [...openedBy] },
    };
  },

  create: async (client, want, mark) => createState(await client.maintenance(), want, mark),

  update: async (client, want, { mark }) => bringKeysInLine(await client.maintenance(), want, mark),

  delete: async (client, want, { mark }) => destroyState(await client.maintenance(), want, mark),

  setMark: async (client, want, mark, expected) => setStateMark(await client.maintenance(), want, mark, expected),

  list: async (client, managedBy) => listStates(await client.maintenance(), managedBy),

  openStateStore: openStore,
});
