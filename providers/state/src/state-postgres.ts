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
    "A state of NixOps4, as a chain of encrypted events in PostgreSQL. Name it in the `state` of other resources. One apply at a time writes to it; docs/state.md is its operator's manual.",
  requireState: false,
  connection,
  inputs: {
    name: option(
      z.string().check(z.regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/)),
      "Name of the state. Many states fit into one database and never touch each other.",
    ),
    schema: option(
      objectName,
      "Schema of the database that has the tables. It is made with the first state in it.",
      "nixops4_state",
    ),
    identity: option(
      withExample(secretRef, { file: "/run/secrets/state-identity" }),
      "Key that opens the state: an age identity, or an SSH private key without passphrase (ed25519 or RSA).",
    ),
    recipients: option(
      z.array(z.string()),
      "Public keys whose owners can open the state too: `age1...`, or lines of SSH public keys. That of `identity` is always among them. Have one more whose private half lies elsewhere: without any, the state is lost. Who is removed here can read nothing that is written afterwards.",
      [],
    ),
    keyGeneration: option(
      z.int().check(z.minimum(1)),
      "Raise it for a new data key, which encrypts what is written from then on.",
      1,
    ),
    lockTimeoutSeconds: option(
      z.int().check(z.minimum(0), z.maximum(86_400)),
      "How long to wait for another apply that writes to this state, in seconds.",
      30,
    ),
  },
  outputs: {
    openedBy: option(z.array(z.string()), "Public keys whose owners can open the state, `identity`'s own among them."),
  },
  immutable: {
    name: "Another name is another state: export this one (`nixops4-resources-state export`), import it under the new name, and destroy the old one",
    schema:
      "Export the state (`nixops4-resources-state export`), import it into the other schema, and destroy the old one",
  },
  secret: ["identity"],
  stableOutputs: [],
  leastRights:
    "To make the first state of a schema, `CREATE` on the database, or on an empty schema of that name. To apply: `USAGE` on the schema, `SELECT` on its tables, `INSERT` on `event` and `snapshot`, `UPDATE (head, head_hash)` on `state`. To make further states also `INSERT` on `state` and `data_key`; to change `recipients` or `keyGeneration`, `INSERT` and `UPDATE` on `data_key`; to adopt or destroy, `UPDATE` on `state`. To look only: `USAGE` and `SELECT`. Nobody needs `DELETE` but who compacts.",
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

  update: async (client, want) => bringKeysInLine(await client.maintenance(), want),

  delete: async (client, want) => destroyState(await client.maintenance(), want),

  setMark: async (client, { schema, name }, mark) => setStateMark(await client.maintenance(), schema, name, mark),

  list: async (client, managedBy) => listStates(await client.maintenance(), managedBy),

  openStateStore: openStore,
});
