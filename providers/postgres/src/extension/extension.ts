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
  nothing,
  objectName,
  sql,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { hintOfRestore } from "../adopt/hint.ts";
import { actAs, roleToActAs } from "../act-as.ts";
import { commentWithMark } from "../comment.ts";
import { creatorIn } from "../creator.ts";
import { dependentsIn } from "../dependents.ts";
import type { ErrorCode } from "../errors.ts";
import { checkRelease, checkUpdate, explainUntrusted } from "./release.ts";
import { listMarked, sessionIfExists } from "../open-database.ts";
import { requireMarked } from "../proven.ts";

export default defineResource({
  type: "extension",
  description:
    "An extension of a database. The mark is a line of its comment, below the extension's own text. The extension is dropped only if nothing depends on it; CASCADE is never used.",
  requireState: false,
  identity: ["database", "name"],
  connection,
  inputs: {
    database: option(objectName, "Name of the database that contains the extension."),
    name: option(objectName, "Name of the extension, such as `pg_trgm`."),
    version: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Version of the extension. An older installed version is updated; a downgrade is rejected. Null installs the server's default version, and keeps the version of an existing extension.",
      null,
    ),
    schema: option(
      z.nullable(objectName),
      "Schema of the extension's objects. It must exist. It can change only if the extension is relocatable. Null keeps the current schema; a new extension is installed in `public`, unless it specifies its own schema.",
      null,
    ),
    cascade: option(
      z.boolean(),
      "Whether creating the extension also installs the extensions that it requires. They carry no mark, and stay when this extension is destroyed.",
      false,
    ),
  },
  outputs: {
    version: option(z.string(), "Installed version."),
    schema: option(z.string(), "Schema of the extension's objects."),
  },
  immutable: {
    database: "Declare the extension for the other database too, and destroy this one when nothing depends on it",
    name: "Declare the other extension, and destroy this one when nothing depends on it",
  },
  stableOutputs: [],
  leastRights:
    "For a trusted extension, `CREATE` on the database or the right to act as the database's owner. For any other extension, a superuser, or the role that a managed server offers instead. To update or destroy an extension, the right to act as its owner, which is the role that created it. To move it to another schema, usually a superuser, since its objects belong to one. Also `CONNECT` on the database.",
  example: { database: "shop", name: "pg_trgm" },

  label: ({ database, name }) => `${name} in ${database}`,
  connectReader,
  connectWriter,

  hintOfRestore: ({ database }, from) => hintOfRestore(database, from),

  async read(client, { database, name, version, schema }) {
    const session = await sessionIfExists(client, database);
    const row = session && (await selectExtension(session, name));
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
    await withLock(session, name, async () => {
      if ((await selectExtension(session, name)) !== undefined) throw new AlreadyExists(name);
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
        throw explainUntrusted(error, release);
      }
      // The session still acts as the creator. The installation script has set a comment.
      const created = await selectExtension(session, name);
      await session.execute(commentWithMark(target(name), created?.comment ?? null, mark));
    });
  },

  async update(client, { database, name, version, schema }, { changed, mark }) {
    const session = await client.on(database);
    await changeAsOwner(session, name, mark, async (row) => {
      const commands = [];
      if (changed.has("schema") && schema !== null) {
        if (!row.isRelocatable) throw notRelocatable(name, row.schema);
        commands.push(sql`alter extension ${identifier(name)} set schema ${identifier(schema)}`);
      }
      if (changed.has("version") && version !== null) {
        await checkUpdate(session, name, row.version, version);
        commands.push(sql`alter extension ${identifier(name)} update to ${version}`);
      }
      return commands;
    });
  },

  async delete(client, { database, name }, { mark }) {
    const session = await client.on(database);
    try {
      await changeAsOwner(session, name, mark, () => [sql`drop extension ${identifier(name)}`]);
    } catch (error) {
      const dependents = dependentsIn(error);
      throw dependents === undefined ? error : extensionInUse(name, dependents, error);
    }
  },

  setMark: async (client, { database, name }, mark, expected) =>
    commentOnExtension(await client.on(database), name, mark, expected),

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

async function selectExtension(session: ReadSession, name: string): Promise<Row | undefined> {
  const [row] = await session.query<Row & { name: string }>(sql`
    select e.extversion as version, n.nspname as schema, e.extrelocatable as "isRelocatable",
      obj_description(e.oid, 'pg_extension') as comment, ${roleToActAs(sql`e.extowner`)} as "actAs"
    from pg_extension e join pg_namespace n on n.oid = e.extnamespace where e.extname = ${name}`);
  return row;
}

const withLock = (session: WriteSession, name: string, work: () => Promise<void>): Promise<void> =>
  session.transaction(async () => {
    await session.execute(lockForTransaction("extension", name));
    await work();
  });

/** Changes the extension with its owner's rights, if it carries the expected mark. */
const changeAsOwner = (
  session: WriteSession,
  name: string,
  expected: Mark | undefined,
  commands: (row: Row) => Sql[] | Promise<Sql[]>,
): Promise<void> =>
  withLock(session, name, async () => {
    const row = requireMarked(await selectExtension(session, name), expected);
    await session.execute(actAs(row.actAs), ...(await commands(row)));
  });

/** Writes the mark into the extension's comment, or removes it if undefined, if the extension carries the expected mark. */
export const commentOnExtension = (
  session: WriteSession,
  name: string,
  mark: Mark | undefined,
  expected: Mark | undefined,
): Promise<void> =>
  changeAsOwner(session, name, expected, ({ comment }) => [commentWithMark(target(name), comment, mark)]);

function notRelocatable(name: string, schema: string): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`${name} cannot leave the schema ${schema}: it is not relocatable`, {
    code: "postgres.extension.fixedSchema",
    hint: `Set \`schema\` to ${schema} or null; or drop the extension and its dependents manually, then apply again`,
  });
}

function extensionInUse(name: string, dependents: string, cause: unknown): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(`something depends on the extension ${name}: ${dependents}`, {
    code: "postgres.extension.inUse",
    hint: 'Drop these dependents manually if they are not needed, or keep the extension with `deletion = "retain"`',
    cause,
  });
}
