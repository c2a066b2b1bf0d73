import { AlreadyExists, defineResource, option, readMark } from "@nixops4-resources/protocol-core";
import { lowering } from "@nixops4-resources/protocol-core/lowering";
import {
  addressOf,
  connectReader,
  connectWriter,
  connection,
  sqlStateOf,
  type Connection,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { hintOfRestore } from "../adopt/hint.ts";
import { listDatabases, selectDatabase } from "./catalog.ts";
import { createDatabase, removeUnfinished } from "./create.ts";
import { identityIn, refuseOtherSite } from "./identity.ts";
import { inputs } from "./inputs.ts";
import { dropDatabase } from "./drop.ts";
import { alterDatabase, commentOnDatabase } from "./statements.ts";

const restore =
  "Dump the database (pg_dump), declare a new one under another name, restore into it (pg_restore), and move the users over, as docs/guides/restore.md describes. PostgreSQL fixes this value at creation";

export default defineResource({
  type: "database",
  description: "A database of the server. Its contents are not managed.",
  requireState: false,
  identity: ["name"],
  connection,
  inputs,
  outputs: {
    name: option(
      z.string(),
      "Name of the database, for resources that need the database to exist: schemas, extensions, grants.",
    ),
    uri: option(
      z.string(),
      "Connection URI of the database for libpq and most other clients, without a user: `postgresql://db.example.org:5432/shop`.",
    ),
    identity: option(
      z.nullable(z.string()),
      "Name of the site whose data the database holds, as its mark has it: for what must not change before the database accepts the name. Null if it has none.",
    ),
  },
  immutable: {
    name: "Rename the database manually (ALTER DATABASE old RENAME TO new), or declare a new resource and destroy this one. A new database does not have the old one's contents",
    encoding: restore,
    localeProvider: restore,
    locale: restore,
    lcCollate: restore,
    lcCtype: restore,
    template: restore,
  },
  lowering: lowering(inputs),
  stableOutputs: ["name", "uri"],
  leastRights:
    "CREATEDB, and the right to SET ROLE to the owner, which the account has for roles that its own `role` resources created. The account must own the template, or the template must be marked as one, as `template0` is.",
  example: {
    name: "mastodon",
    owner: "mastodon",
    settings: { statement_timeout: "60s" },
    identity: "social.example.org",
  },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want) {
    const row = await selectDatabase(await client.maintenance(), want);
    if (row === undefined) return undefined;
    const { comment, ...seen } = row;
    const mark = readMark(comment);
    return {
      mark,
      inputs: seen,
      outputs: {
        name: want.name,
        uri: uriOf(client.connection, want.name),
        identity: identityIn(mark) ?? null,
      },
    };
  },

  refuse: (want, { mark }) => refuseOtherSite(want, mark),

  hintOfRestore: ({ name }, from) => hintOfRestore(name, from),

  async create(client, want, mark) {
    try {
      await createDatabase(await client.maintenance(), want, mark);
    } catch (error) {
      // PostgreSQL reports 23505 if a client that does not take our lock runs CREATE DATABASE at the same time.
      if (["42P04", "23505"].includes(sqlStateOf(error) ?? "")) throw new AlreadyExists(want.name, { cause: error });
      throw error;
    }
  },

  update: async (client, want, change) => alterDatabase(await client.maintenance(), want, change),

  delete: async (client, want, { mark }) =>
    dropDatabase(await client.maintenance(), want.name, mark ?? { managedBy: want.managedBy, type: "database" }),

  removeUnfinished: async (client, want) => removeUnfinished(await client.maintenance(), want),

  setMark: async (client, { name }, mark, expected) =>
    commentOnDatabase(await client.maintenance(), name, mark, expected),

  list: async (client, managedBy) => listDatabases(await client.maintenance(), managedBy),
});

/** https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function uriOf(server: Connection, name: string): string {
  const path = encodeURIComponent(name);
  return server.host.startsWith("/")
    ? `postgresql:///${path}?host=${encodeURIComponent(server.host)}&port=${server.port}`
    : `postgresql://${addressOf(server)}/${path}`;
}
