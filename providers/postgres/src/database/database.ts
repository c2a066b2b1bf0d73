import { AlreadyExists, defineResource, option, readMark, type Values } from "@nixops4-resources/protocol-core";
import {
  addressOf,
  connectReader,
  connectWriter,
  connection,
  objectName,
  sqlStateOf,
  type Connection,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { createDatabase, removePending } from "./create.ts";
import { listDatabases, selectDatabase } from "./catalog.ts";
import { alterDatabase, commentOnDatabase, dropDatabase } from "./statements.ts";
import { settings } from "../settings.ts";

const locale = z.string().check(z.minLength(1));

const inputs = {
  name: option(objectName, "Name of the database, at most 63 bytes long. Another name is another database."),
  owner: option(
    z.nullable(objectName),
    "Role that owns it, and with it the schema `public`. What is inside keeps its own owners when this changes. Null leaves it with whom it has, at first `connection.user`.",
    null,
  ),
  encoding: option(z.string().check(z.minLength(1)), "Character encoding, by PostgreSQL's name.", "UTF8"),
  localeProvider: option(
    z.nullable(z.enum(["libc", "icu", "builtin"])),
    "Whose rules sort and compare text: of the operating system, of ICU, or of PostgreSQL itself (from version 17 on). Null leaves it to the template.",
    null,
  ),
  locale: option(
    z.nullable(locale),
    "Locale in the words of `localeProvider`: `en_US.UTF-8` of libc, `en-US` of icu, `C.UTF-8` of builtin. Of libc it stands for `lcCollate` and `lcCtype`. Null leaves it to the template.",
    null,
  ),
  lcCollate: option(
    z.nullable(locale),
    "Locale of libc for sorting; null is `locale` of libc, or the template's.",
    null,
  ),
  lcCtype: option(
    z.nullable(locale),
    "Locale of libc for the classes of characters; null is `locale` of libc, or the template's.",
    null,
  ),
  template: option(
    objectName,
    "Database to copy. `template0` is the only one that allows every encoding and locale, and that nobody is ever connected to.",
    "template0",
  ),
  connectionLimit: option(
    z.int().check(z.minimum(-1), z.maximum(2_147_483_647)),
    "Most connections at once; -1 sets no limit. Superusers are not counted.",
    -1,
  ),
  allowConnections: option(z.boolean(), "Whether anybody can connect to it.", true),
  revokePublicConnect: option(
    z.boolean(),
    "Whether only those who were granted it may connect, and the owner. False lets every role of the server in, as PostgreSQL does by itself.",
    true,
  ),
  settings,
};

export type DatabaseInputs = Values<typeof inputs>;

const restore =
  "It is fixed when a database is made: dump it (pg_dump), declare a new one under another name, restore into that (pg_restore), and let its users change over";

export default defineResource({
  type: "database",
  description: "A database of the server. What is in it is not looked at.",
  requireState: false,
  connection,
  inputs,
  outputs: {
    name: option(z.string(), "Name of the database, for those who need it to be there: schemas, extensions, grants."),
    uri: option(
      z.string(),
      "Where it is, for libpq and most other clients: `postgresql://db.example.org:5432/shop`, without a user.",
    ),
  },
  immutable: {
    name: "Its content would stay under the old name: rename it by hand (ALTER DATABASE old RENAME TO new), or declare a new resource and destroy this one",
    encoding: restore,
    localeProvider: restore,
    locale: restore,
    lcCollate: restore,
    lcCtype: restore,
    template: restore,
  },
  stableOutputs: ["name", "uri"],
  leastRights:
    "CREATEDB, and as much of the owner's role as to SET ROLE to it: roles that this account made are so. The template must be its own, or be marked as a template, as template0 is.",
  example: { name: "mastodon", owner: "mastodon", settings: { statement_timeout: "60s" } },

  label: ({ name }) => name,
  connectReader,
  connectWriter,

  async read(client, want) {
    const row = await selectDatabase(await client.maintenance(), want);
    if (row === undefined) return undefined;
    const { comment, ...seen } = row;
    return {
      mark: readMark(comment),
      inputs: seen,
      outputs: { name: want.name, uri: uriOf(client.connection, want.name) },
    };
  },

  async create(client, want, mark) {
    try {
      await createDatabase(await client.maintenance(), want, mark);
    } catch (error) {
      // The second is what a parallel CREATE DATABASE of somebody who does not take our lock gives.
      if (["42P04", "23505"].includes(sqlStateOf(error) ?? "")) throw new AlreadyExists(want.name, { cause: error });
      throw error;
    }
  },

  update: async (client, want, { changed }) => alterDatabase(await client.maintenance(), want, changed),

  delete: async (client, { name }) => dropDatabase(await client.maintenance(), name),

  removeUnfinished: async (client, want) => removePending(await client.maintenance(), want),

  setMark: async (client, { name }, mark) => commentOnDatabase(await client.maintenance(), name, mark),

  list: async (client, managedBy) => listDatabases(await client.maintenance(), managedBy),
});

/** https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS */
function uriOf(server: Connection, name: string): string {
  const path = encodeURIComponent(name);
  return server.host.startsWith("/")
    ? `postgresql:///${path}?host=${encodeURIComponent(server.host)}&port=${server.port}`
    : `postgresql://${addressOf(server)}/${path}`;
}
