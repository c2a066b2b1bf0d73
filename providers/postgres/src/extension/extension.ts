import { AlreadyExists, defineResource, option, ProviderError, readMark } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  identifier,
  lockForTransaction,
  nothing,
  objectName,
  sql,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { actAs, roleToActAs } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { creatorIn } from "../creator.ts";
import { dependentsIn } from "../dependents.ts";
import type { ErrorCode } from "../errors.ts";
import { checkRelease, checkUpdate, explainDenied } from "./release.ts";
import { listMarked, sessionIfThere } from "../open-database.ts";

export default defineResource({
  type: "extension",
  description:
    "An extension of a database. The mark is a line of its comment, below the extension's own words. It is destroyed only when nothing depends on it: never with CASCADE.",
  requireState: false,
  connection,
  inputs: {
    database: option(objectName, "Name of the database that it is installed in."),
    name: option(objectName, "Name of the extension, such as `pg_trgm`."),
    version: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Version to have; an older one is updated, going back is refused. Null installs the server's default, and then leaves it as it is.",
      null,
    ),
    schema: option(
      z.nullable(objectName),
      "Schema that its objects are in, which must exist. It changes only where the extension is relocatable. Null leaves it as it is; at first that is `public`, unless the extension itself says otherwise.",
      null,
    ),
    cascade: option(
      z.boolean(),
      "Whether creating it also installs the extensions that it needs. They bear no mark, and stay when it is destroyed.",
      false,
    ),
  },
  outputs: {
    version: option(z.string(), "Version that is installed."),
    schema: option(z.string(), "Schema that its objects are in."),
  },
  immutable: {
    database: "Declare it for the other database too, and destroy this one when nothing depends on it there",
    name: "Declare the other extension, and destroy this one when nothing depends on it",
  },
  stableOutputs: [],
  leastRights:
    "For a trusted extension `CREATE` on the database, or the right to act as its owner; for any other a superuser, or what a managed server has instead. To update or destroy it the right to act as its owner, which is who made it; to move it to another schema mostly a superuser, who owns what is in it. `CONNECT` on the database.",
  example: { database: "shop", name: "pg_trgm" },

  label: ({ database, name }) => `${name} in ${database}`,
  connectReader,
  connectWriter,

  async read(client, { database, name, version, schema }) {
    const session = await sessionIfThere(client, database);
    const row = session && (await find(session, name));
    if (row === undefined) return undefined;
    return {
      mark: readMark(row.comment),
      inputs: {
        database,
        name,
        version: version === null ? null : row.version,
        schema: schema === null ? null : row.schema,
      },
      outputs: { version: row.version, schema: row.schema },
    };
  },

  async create(client, want, mark) {
    const { database, name, version, schema, cascade } = want;
    const session = await client.on(database);
    await locked(session, name, async () => {
      if ((await find(session, name)) !== undefined) throw new AlreadyExists(name);
      const release = await checkRelease(session, want);
      const into = schema === null ? nothing : sql` schema ${identifier(schema)}`;
      const at = version === null ? nothing : sql` version ${version}`;
      const create = sql`create extension ${identifier(name)}${into}${at}${cascade ? sql` cascade` : nothing}`;
      try {
        const creator = await creatorIn(session, database, null);
        await session.execute(
          actAs(creator),
          sql`set local search_path to public`,
          create,
          sql`set local search_path to ''`,
        );
      } catch (error) {
        throw explainDenied(error, release);
      }
      // Still acting as who made it. The extension has given itself a comment.
      const made = await find(session, name);
      await session.execute(commentWithMark(target(name), made?.comment ?? null, mark));
    });
  },

  async update(client, { database, name, version, schema }, { changed }) {
    const session = await client.on(database);
    await changeAsOwner(session, name, async (row) => {
      const commands = [];
      if (changed.has("schema") && schema !== null) {
        if (!row.isRelocatable) throw fixedSchema(name, row.schema);
        commands.push(sql`alter extension ${identifier(name)} set schema ${identifier(schema)}`);
      }
      if (changed.has("version") && version !== null) {
        await checkUpdate(session, name, row.version, version);
        commands.push(sql`alter extension ${identifier(name)} update to ${version}`);
      }
      return commands;
    });
  },

  async delete(client, { database, name }) {
    const session = await client.on(database);
    try {
      await changeAsOwner(session, name, () => [sql`drop extension ${identifier(name)}`]);
    } catch (error) {
      const dependents = dependentsIn(error);
      throw dependents === undefined ? error : inUse(name, dependents, error);
    }
  },

  async setMark(client, { database, name }, mark) {
    const session = await client.on(database);
    await changeAsOwner(session, name, ({ comment }) => [commentWithMark(target(name), comment, mark)]);
  },

  list: (client, managedBy) =>
    listMarked(client, managedBy, sql`select oid, extname as name, 'pg_extension' as catalog from pg_extension`),
});

interface Row {
  version: string;
  schema: string;
  isRelocatable: boolean;
  comment: string | null;
  actAs: string | null;
}

const target = (name: string): Sql => sql`extension ${identifier(name)}`;

async function find(session: ReadSession, name: string): Promise<Row | undefined> {
  const [row] = await session.query<Row & { name: string }>(sql`
    select e.extversion as version, n.nspname as schema, e.extrelocatable as "isRelocatable",
      obj_description(e.oid, 'pg_extension') as comment, ${roleToActAs(sql`e.extowner`)} as "actAs"
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = ${name}`);
  return row;
}

const locked = (session: WriteSession, name: string, work: () => Promise<void>): Promise<void> =>
  session.transaction(async () => {
    await session.execute(lockForTransaction("extension", name));
    await work();
  });

/** Where it is gone there is nothing to change. */
const changeAsOwner = (
  session: WriteSession,
  name: string,
  commands: (row: Row) => Sql[] | Promise<Sql[]>,
): Promise<void> =>
  locked(session, name, async () => {
    const row = await find(session, name);
    if (row !== undefined) await session.execute(actAs(row.actAs), ...(await commands(row)));
  });

function fixedSchema(name: string, schema: string): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${name} cannot leave the schema ${schema}: it is not relocatable`, {
    code: "postgres.extension.fixedSchema",
    hint: `Ask for schema ${schema}; or drop the extension with what depends on it, by hand, and let it be made anew`,
  });
}

function inUse(name: string, dependents: string, cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`something depends on the extension ${name}: ${dependents}`, {
    code: "postgres.extension.inUse",
    hint: 'Drop by hand what depends on it, if nobody needs that; or keep the extension with `deletion = "retain"`',
    cause,
  });
}
