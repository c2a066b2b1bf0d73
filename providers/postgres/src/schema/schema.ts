import { AlreadyExists, defineResource, option, ProviderError, readMark } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  identifier,
  lockForTransaction,
  objectName,
  sql,
  sqlStateOf,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { actAs, roleToActAs, withRightsOf } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { creatorIn } from "../creator.ts";
import { dependentsIn } from "../dependents.ts";
import type { ErrorCode } from "../errors.ts";
import { listMarked, sessionIfThere } from "../open-database.ts";

export default defineResource({
  type: "schema",
  description:
    "A schema of a database. The mark is a line of its comment. It is destroyed only when nothing is in it: never with CASCADE.",
  requireState: false,
  connection,
  inputs: {
    database: option(objectName, "Name of the database that it is in."),
    name: option(objectName, "Name of the schema."),
    owner: option(
      z.nullable(objectName),
      "Role that owns it. What is in it keeps its own owners. Null leaves the owner as it is; at first that is `connection.user`, or where that role may not create in the database, the database's owner.",
      null,
    ),
  },
  outputs: { owner: option(z.string(), "Role that owns it.") },
  immutable: {
    database: "A schema cannot move between databases: dump it (pg_dump --schema) and restore it there",
    name: "Rename it by hand (ALTER SCHEMA ... RENAME TO), which breaks what names it; or declare a new one and destroy this",
  },
  stableOutputs: [],
  leastRights:
    "`CREATE` on the database, or the right to act as its owner or as the schema's; and the right to act as the schema's owner, which is membership in it, on PostgreSQL 16 and later with `SET TRUE`. To change the owner also `CREATE` on the database in its own right, or through the old owner or the database's, and memberships in these that inherit; on PostgreSQL 16 and later `ADMIN TRUE` will do. `CONNECT` on the database.",
  example: { database: "shop", name: "reports" },

  label: ({ database, name }) => `${name} in ${database}`,
  connectReader,
  connectWriter,

  async read(client, { database, name, owner }) {
    const session = await sessionIfThere(client, database);
    const row = session && (await find(session, name));
    if (row === undefined) return undefined;
    return {
      mark: readMark(row.comment),
      inputs: { database, name, owner: owner === null ? null : row.owner },
      outputs: { owner: row.owner },
    };
  },

  async create(client, { database, name, owner }, mark) {
    const session = await client.on(database);
    await locked(session, name, async () => {
      if ((await find(session, name)) !== undefined) throw new AlreadyExists(name);
      const creator = await creatorIn(session, database, owner);
      const commands = [
        actAs(creator),
        sql`create schema ${identifier(name)} authorization ${identifier(owner ?? creator)}`,
        actAs(owner ?? creator),
        commentWithMark(target(name), null, mark),
      ];
      await session.execute(...commands).catch((error: unknown) => {
        throw owner === null ? error : explainDenied(error, creator, owner);
      });
    });
  },

  async update(client, { database, name, owner }) {
    if (owner === null) return;
    const session = await client.on(database);
    const command = sql`alter schema ${identifier(name)} owner to ${identifier(owner)}`;
    await changeSchema(session, name, ({ actAs: old, createAs }) =>
      withRightsOf(
        [old, createAs].filter((role) => role !== null),
        session.facts.majorVersion,
        command,
      ),
    );
  },

  async delete(client, { database, name }) {
    const session = await client.on(database);
    try {
      await changeAsOwner(session, name, () => sql`drop schema ${identifier(name)}`);
    } catch (error) {
      const dependents = dependentsIn(error);
      throw dependents === undefined ? error : notEmpty(name, dependents, error);
    }
  },

  async setMark(client, { database, name }, mark) {
    const session = await client.on(database);
    await changeAsOwner(session, name, ({ comment }) => commentWithMark(target(name), comment, mark));
  },

  list: (client, managedBy) =>
    listMarked(client, managedBy, sql`select oid, nspname as name, 'pg_namespace' as catalog from pg_namespace`),
});

interface Row {
  owner: string;
  comment: string | null;
  /** See `roleToActAs`. */
  actAs: string | null;
  /** The database's owner, to act as, where we may not create in the database. */
  createAs: string | null;
}

const target = (name: string): Sql => sql`schema ${identifier(name)}`;

async function find(session: ReadSession, name: string): Promise<Row | undefined> {
  const [row] = await session.query<Row & { name: string }>(sql`
    select pg_get_userbyid(nspowner) as owner, obj_description(n.oid, 'pg_namespace') as comment,
      ${roleToActAs(sql`nspowner`)} as "actAs",
      case when not has_database_privilege(d.oid, 'create') then ${roleToActAs(sql`datdba`)} end as "createAs"
    from pg_namespace n join pg_database d on d.datname = current_database() where nspname = ${name}`);
  return row;
}

/** One at a time of all that change the schema, or who may do what in it. */
const locked = (session: WriteSession, name: string, work: () => Promise<void>): Promise<void> =>
  session.transaction(async () => {
    await session.execute(lockForTransaction("schema", name));
    await work();
  });

/** Where it is gone there is nothing to change. */
const changeSchema = (session: WriteSession, name: string, commands: (row: Row) => Sql[]): Promise<void> =>
  locked(session, name, async () => {
    const row = await find(session, name);
    if (row !== undefined) await session.execute(...commands(row));
  });

const changeAsOwner = (session: WriteSession, name: string, command: (row: Row) => Sql): Promise<void> =>
  changeSchema(session, name, (row) => [actAs(row.actAs), command(row)]);

function explainDenied(error: unknown, creator: string, owner: string): unknown {
  if (sqlStateOf(error) !== "42501" || !(error instanceof ProviderError)) return error;
  return new ProviderError<ErrorCode>(error.message, {
    code: "postgres.permission.denied",
    hint: `${creator} may make the schema, but not for ${owner}: let ${owner} create in the database (a \`grant\` of CREATE on it), and \`connection.user\` act as ${owner}`,
    cause: error,
  });
}

function notEmpty(name: string, dependents: string, cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`the schema ${name} is not empty: ${dependents}`, {
    code: "postgres.schema.notEmpty",
    hint: 'Drop what is in it by hand if nobody needs it, or keep the schema with `deletion = "retain"`',
    cause,
  });
}
