import { defineResource, option, ProviderError } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  identifier,
  lockForTransaction,
  nothing,
  objectName,
  sql,
  type PostgresWriter,
  type ReadSession,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { changeAccess, goalOf, isThere, seenOf, type Access, type AccessGoal } from "./change.ts";
import { accessColumns, accessList, type AccessRow } from "./list.ts";
import type { ErrorCode } from "../errors.ts";
import { refuseUnlessOurs } from "./exclusive.ts";
import { sessionIfThere } from "../open-database.ts";
import { grants, grantsOf, rightsOf, seenGrants } from "./privileges.ts";
import { Rights } from "./rights.ts";

/** What ALTER DEFAULT PRIVILEGES and pg_default_acl call what is to come, and acldefault's letter for it. */
const kinds = {
  tables: { keyword: sql`tables`, stored: "r", letter: "r" },
  sequences: { keyword: sql`sequences`, stored: "S", letter: "s" },
  routines: { keyword: sql`routines`, stored: "f", letter: "f" },
  types: { keyword: sql`types`, stored: "T", letter: "T" },
  schemas: { keyword: sql`schemas`, stored: "n", letter: "n" },
};

const elsewhere =
  "What was declared for the old ones would stay: declare new default privileges, and destroy these, or revoke by hand";

export default defineResource({
  type: "default_privileges",
  description:
    "Who may do what with objects that a role will make, from the moment they are made; for those that are there already use `grant`. It adds to what others have declared. What is taken out of it is revoked where the resource has a state, which remembers it; without one only `exclusive` revokes. Destroying it revokes what it declares.",
  requireState: false,
  connection,
  inputs: {
    database: option(objectName, "Name of the database that the objects will be in."),
    owner: option(objectName, "Name of the role that will make the objects. What others make is not affected."),
    objectType: option(
      z.enum(["tables", "sequences", "routines", "types", "schemas"]),
      "Kind of objects: `tables` are also views, `routines` functions and procedures, `types` also domains.",
    ),
    schema: option(
      z.nullable(objectName),
      "Name of the schema that they will be in; null: in any. One schema's default privileges only add to those that hold in any, so PUBLIC's own (`EXECUTE` on routines) are revoked only with null and `exclusive`.",
      null,
    ),
    grants: option(grants, "Who may do what: names of roles, or `PUBLIC` for everyone, and their privileges."),
    exclusive: option(
      z.boolean(),
      "Whether to revoke all that is not declared here, from everyone but the owner. It needs the schema, the database or the role to be managed by the same deployment. False leaves alone what others have declared.",
      false,
    ),
  },
  outputs: {},
  immutable: { database: elsewhere, owner: elsewhere, objectType: elsewhere, schema: elsewhere },
  stableOutputs: [],
  leastRights:
    "The right to act as `owner`: membership in it, on PostgreSQL 16 and later with `SET TRUE` (`INHERIT FALSE` is enough). `CONNECT` on the database.",
  example: {
    database: "shop",
    owner: "shop",
    objectType: "tables",
    schema: "public",
    grants: { reporting: { privileges: ["SELECT"] } },
  },

  label: (want) => inWords(want),
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    const session = await sessionIfThere(client, want.database);
    const access = session && (await readDefaults(session, want));
    if (access === undefined) return undefined;
    const goal = goalOf(access, want, previous.grants ?? {});
    if (!isThere(access, goal)) return undefined;
    const { database, owner, objectType, schema } = want;
    const found = grantsOf(seenOf(access, goal), want.grants, access.privileges);
    return { mark: undefined, inputs: { database, owner, objectType, schema, grants: found }, outputs: {} };
  },

  create: (client, want) => change(client, want, (access) => goalOf(access, want, {})),

  update: (client, want, { seen }) => change(client, want, (access) => goalOf(access, want, seenGrants(seen))),

  async delete(client, want) {
    const declared = ({ privileges }: Access): Rights => rightsOf(want.grants, privileges);
    await change(client, { ...want, exclusive: false }, (access) => ({
      want: new Rights(),
      takeAway: declared(access),
    }));
  },
});

/** The inputs that name what the privileges are for. */
interface Defaults {
  database: string;
  owner: string;
  objectType: keyof typeof kinds;
  schema: string | null;
}

const inWords = ({ database, owner, objectType, schema }: Defaults): string =>
  `on ${objectType} of ${owner} in ${schema ? `${database}.${schema}` : database}`;

async function change(
  client: PostgresWriter,
  want: Defaults & { exclusive: boolean; managedBy: string },
  goal: (access: Access) => AccessGoal,
): Promise<void> {
  const session = await client.on(want.database);
  await session.transaction(async () => {
    await session.execute(lockForTransaction("default_privileges", want.owner));
    if (want.exclusive) await refuseUnlessOurs(session, { ...want, role: want.owner });
    const look = async (): Promise<Access> => {
      const access = await readDefaults(session, want);
      if (access === undefined) throw missing(want);
      return access;
    };
    await changeAccess(session, look, goal);
  });
}

/**
 * Undefined where the role or the schema is missing. What holds in any schema begins with PostgreSQL's defaults, and what
 * holds in one with nothing. https://www.postgresql.org/docs/18/catalog-pg-default-acl.html
 */
async function readDefaults(
  session: ReadSession,
  { owner, objectType, schema }: Defaults,
): Promise<Access | undefined> {
  if (objectType === "schemas" && schema !== null) throw schemaInSchema();
  const { keyword, stored, letter } = kinds[objectType];
  const columns = accessColumns({
    kind: letter,
    owner: sql`r.oid`,
    acl: sql`d.defaclacl`,
    ...(schema !== null && { untouched: sql`null` }),
  });
  const rows = await session.query<AccessRow>(sql`
    select ${columns}
    from pg_roles r
    left join pg_namespace n on n.nspname = ${schema}
    left join pg_default_acl d
      on d.defaclrole = r.oid and d.defaclnamespace = coalesce(n.oid, 0) and d.defaclobjtype = ${stored}
    where r.rolname = ${owner} and (n.oid is not null or ${schema}::text is null)`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const where = schema === null ? nothing : sql`in schema ${identifier(schema)} `;
  const prefix = sql`alter default privileges for role ${identifier(owner)} ${where}`;
  return { lists: [accessList(row, prefix, keyword)], privileges: row.privileges };
}

function missing({ database, owner, schema }: Defaults): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(
    `there is no role ${owner}${schema === null ? "" : `, or no schema ${schema} in ${database}`}`,
    { code: "postgres.object.missing", hint: "Make it first, or correct `owner` and `schema`" },
  );
}

function schemaInSchema(): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("`schema` must be null where `objectType` is schemas", {
    code: "postgres.grant.object",
    hint: "Schemas are not in other schemas: leave `schema` out",
  });
}
