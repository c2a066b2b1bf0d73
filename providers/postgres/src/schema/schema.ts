import {
  AlreadyExists,
  defineResource,
  option,
  ProviderError,
  readMark,
  type Mark,
} from "@nixops4-resources/protocol-core";
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
import { hintOfRestore } from "../adopt/hint.ts";
import { actAs, roleToActAs, withRightsOf } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { creatorIn } from "../creator.ts";
import { dependentsIn } from "../dependents.ts";
import type { ErrorCode } from "../errors.ts";
import { listMarked, sessionIfExists } from "../open-database.ts";
import { requireMarked } from "../proven.ts";

export default defineResource({
  type: "schema",
  description:
    "A schema of a database. The mark is a line of its comment. The schema is dropped only if it is empty; CASCADE is never used.",
  requireState: false,
  identity: ["database", "name"],
  connection,
  inputs: {
    database: option(objectName, "Name of the database that contains the schema."),
    name: option(objectName, "Name of the schema."),
    owner: option(
      z.nullable(objectName),
      "Role that owns the schema. Objects in the schema keep their owners when this changes. Null keeps the current owner; a new schema belongs to `connection.user`, or to the owner of the database if that role has no CREATE on the database.",
      null,
    ),
  },
  outputs: { owner: option(z.string(), "Role that owns the schema.") },
  immutable: {
    database:
      "Dump the schema (pg_dump --schema) and restore it in the other database. A schema cannot move between databases",
    name: "Rename the schema manually (ALTER SCHEMA old RENAME TO new), which breaks references to the old name; or declare a new one and destroy this one",
  },
  stableOutputs: [],
  leastRights:
    "`CREATE` on the database, or the right to act as the owner of the database or of the schema. Also the right to act as the owner of the schema, which is membership in it, on PostgreSQL 16 and later with `SET TRUE`. To change the owner, `CREATE` on the database for the account itself, or through the old owner or the owner of the database, with memberships in these that inherit; on PostgreSQL 16 and later `ADMIN TRUE` is sufficient. Also `CONNECT` on the database.",
  example: { database: "shop", name: "reports" },

  label: ({ database, name }) => `${name} in ${database}`,
  connectReader,
  connectWriter,

  hintOfRestore: ({ database }, from) => hintOfRestore(database, from),

  async read(client, { database, name, owner }) {
    const session = await sessionIfExists(client, database);
    const row = session && (await selectSchema(session, name));
    if (row === undefined) return undefined;
    return {
      mark: readMark(row.comment),
      inputs: { database, name, owner: owner === null ? null : row.owner },
      outputs: { owner: row.owner },
    };
  },

  async create(client, { database, name, owner }, mark) {
    const session = await client.on(database);
    await withLock(session, name, async () => {
      if ((await selectSchema(session, name)) !== undefined) throw new AlreadyExists(name);
      const creator = await creatorIn(session, database, owner);
      const commands = [
        actAs(creator),
        sql`create schema ${identifier(name)} authorization ${identifier(owner ?? creator)}`,
        actAs(owner ?? creator),
        commentWithMark(target(name), null, mark),
      ];
      await session.execute(...commands).catch((error: unknown) => {
        throw owner === null ? error : explainOwnerDenied(error, creator, owner);
      });
    });
  },

  async update(client, { database, name, owner }, { mark }) {
    if (owner === null) return;
    const session = await client.on(database);
    const command = sql`alter schema ${identifier(name)} owner to ${identifier(owner)}`;
    await changeSchema(session, name, mark, ({ actAs: old, createAs }) =>
      withRightsOf(
        [old, createAs].filter((role) => role !== null),
        session.facts.majorVersion,
        command,
      ),
    );
  },

  async delete(client, { database, name }, { mark }) {
    const session = await client.on(database);
    try {
      await changeAsOwner(session, name, mark, () => sql`drop schema ${identifier(name)}`);
    } catch (error) {
      const dependents = dependentsIn(error);
      throw dependents === undefined ? error : notEmpty(name, dependents, error);
    }
  },

  setMark: async (client, { database, name }, mark, expected) =>
    commentOnSchema(await client.on(database), name, mark, expected),

  list: (client, managedBy) =>
    listMarked(client, managedBy, sql`select oid, nspname as name, 'pg_namespace' as catalog from pg_namespace`),
});

interface Row {
  owner: string;
  comment: string | null;
  /** See `roleToActAs`. */
  actAs: string | null;
  /** The database's owner, as a role to act as, if the account has no CREATE on the database. */
  createAs: string | null;
}

const target = (name: string): Sql => sql`schema ${identifier(name)}`;

async function selectSchema(session: ReadSession, name: string): Promise<Row | undefined> {
  const [row] = await session.query<Row & { name: string }>(sql`
    select pg_get_userbyid(nspowner) as owner, obj_description(n.oid, 'pg_namespace') as comment,
      ${roleToActAs(sql`nspowner`)} as "actAs",
      case when not has_database_privilege(d.oid, 'create') then ${roleToActAs(sql`datdba`)} end as "createAs"
    from pg_namespace n join pg_database d on d.datname = current_database() where nspname = ${name}`);
  return row;
}

/** Serializes changes of the schema and of privileges in it. */
const withLock = (session: WriteSession, name: string, work: () => Promise<void>): Promise<void> =>
  session.transaction(async () => {
    await session.execute(lockForTransaction("schema", name));
    await work();
  });

/** Changes the schema, if it carries the expected mark. */
const changeSchema = (
  session: WriteSession,
  name: string,
  expected: Mark | undefined,
  commands: (row: Row) => Sql[],
): Promise<void> =>
  withLock(session, name, async () => {
    const row = requireMarked(await selectSchema(session, name), expected);
    await session.execute(...commands(row));
  });

const changeAsOwner = (
  session: WriteSession,
  name: string,
  expected: Mark | undefined,
  command: (row: Row) => Sql,
): Promise<void> => changeSchema(session, name, expected, (row) => [actAs(row.actAs), command(row)]);

/** Writes the mark into the schema's comment, or removes it if undefined, if the schema carries the expected mark. */
export const commentOnSchema = (
  session: WriteSession,
  name: string,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> =>
  changeAsOwner(session, name, expected, ({ comment }) => commentWithMark(target(name), comment, mark));

function explainOwnerDenied(error: unknown, creator: string, owner: string): unknown {
  if (sqlStateOf(error) !== "42501" || !(error instanceof ProviderError)) return error;
  return new ProviderError<ErrorCode>(error.message, {
    code: "postgres.permission.denied",
    hint: `Grant CREATE on the database to ${owner}, and ${owner} to \`connection.user\`: ${creator} may create the schema, but not with the owner ${owner}`,
    cause: error,
  });
}

function notEmpty(name: string, dependents: string, cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`the schema ${name} is not empty: ${dependents}`, {
    code: "postgres.schema.notEmpty",
    hint: 'Drop these objects manually if they are not needed, or keep the schema with `deletion = "retain"`',
    cause,
  });
}
