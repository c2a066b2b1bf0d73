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
import { changeAccess } from "./change.ts";
import { countsAsExisting, goalOf, seenRights, type Access, type AccessGoal } from "./goal.ts";
import { accessColumns, accessList, type AccessRow } from "./access-list.ts";
import type { ErrorCode } from "../errors.ts";
import { rejectUnlessManaged } from "./exclusive.ts";
import { sessionIfExists } from "../open-database.ts";
import { everyone, grants, grantsOf, rightsOf, seenGrants, type Grants } from "./privileges.ts";
import { Rights, type Right } from "./rights.ts";

/**
 * Kinds of objects: their keyword in ALTER DEFAULT PRIVILEGES, their code in pg_default_acl, and acldefault's letter.
 */
const kinds = {
  tables: { keyword: sql`tables`, stored: "r", letter: "r" },
  sequences: { keyword: sql`sequences`, stored: "S", letter: "s" },
  routines: { keyword: sql`routines`, stored: "f", letter: "f" },
  types: { keyword: sql`types`, stored: "T", letter: "T" },
  schemas: { keyword: sql`schemas`, stored: "n", letter: "n" },
};

const elsewhere =
  "Declare new default privileges and destroy these, or revoke these manually. A change would leave the old ones in place";

export default defineResource({
  type: "default_privileges",
  description:
    "Default privileges on objects that a role will create. For existing objects, use `grant`. The resource adds to the default privileges that others declare. With a state, privileges removed from the inputs are revoked. Without a state, only `exclusive = true` revokes. Destroying the resource revokes the declared privileges.",
  requireState: false,
  identity: ["database", "owner", "objectType", "schema"],
  connection,
  inputs: {
    database: option(objectName, "Name of the database in which the objects will be created."),
    owner: option(
      objectName,
      "Name of the role that will create the objects. Objects that other roles create are not affected.",
    ),
    objectType: option(
      z.enum(["tables", "sequences", "routines", "types", "schemas"]),
      "Kind of the objects. `tables` includes views, `routines` means functions and procedures, `types` includes domains.",
    ),
    schema: option(
      z.nullable(objectName),
      "Name of the schema in which the objects will be created. Null means any schema. Default privileges of one schema only add to those of any schema, so PUBLIC's built-in ones (such as `EXECUTE` on routines) are revoked only by null together with `exclusive`.",
      null,
    ),
    grants: option(grants, "Privileges by grantee: the name of a role, or `PUBLIC` for everyone."),
    exclusive: option(
      z.boolean(),
      "Whether to revoke all default privileges that are not declared here, except those of the owner. The same deployment must manage the schema, the database or the role. False keeps what others have declared.",
      false,
    ),
  },
  outputs: {},
  immutable: { database: elsewhere, owner: elsewhere, objectType: elsewhere, schema: elsewhere },
  stableOutputs: [],
  leastRights:
    "The right to act as `owner`: membership in it, on PostgreSQL 16 and later with `SET TRUE` (`INHERIT FALSE` is sufficient). Also `CONNECT` on the database.",
  example: {
    database: "shop",
    owner: "shop",
    objectType: "tables",
    schema: "public",
    grants: { reporting: { privileges: ["SELECT"] } },
  },

  label: (want) => labelOf(want),
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    const session = await sessionIfExists(client, want.database);
    const access = session && (await readDefaults(session, want));
    if (access === undefined) return undefined;
    const goal = goalOf(access, want, previous.grants ?? {});
    if (!countsAsExisting(access, goal)) return undefined;
    const { database, owner, objectType, schema } = want;
    // They cannot be revoked in one schema: the write, which rejects that, follows.
    const seen = seenRights(access, goal).with(publicKeeps(access, want));
    const found = grantsOf(seen, want.grants, access.privileges);
    return { mark: undefined, inputs: { database, owner, objectType, schema, grants: found }, outputs: {} };
  },

  create: (client, want) => change(client, want, (access) => goalOf(access, want, {})),

  update: (client, want, { seen }) => change(client, want, (access) => goalOf(access, want, seenGrants(seen))),

  async delete(client, want) {
    const declared = ({ privileges }: Access): Rights => rightsOf(want.grants, privileges);
    await change(client, { ...want, exclusive: false }, (access) => ({
      want: new Rights(),
      revocable: declared(access),
    }));
  },
});

/** The inputs that identify the future objects. */
interface Defaults {
  database: string;
  owner: string;
  objectType: keyof typeof kinds;
  schema: string | null;
}

interface DefaultAccess extends Access {
  /** PUBLIC's built-in rights that hold in the schema; empty if the defaults are for any schema. */
  readonly builtIn: Rights;
}

/** PUBLIC's built-in rights that should be revoked, and remain whatever the defaults of the schema are. */
const publicKeeps = (
  { builtIn, privileges }: DefaultAccess,
  { exclusive, grants: declared }: { exclusive: boolean; grants: Grants },
): Rights => (exclusive ? builtIn.without(rightsOf(declared, privileges)) : new Rights());

const labelOf = ({ database, owner, objectType, schema }: Defaults): string =>
  `on ${objectType} of ${owner} in ${schema ? `${database}.${schema}` : database}`;

async function change(
  client: PostgresWriter,
  want: Defaults & { exclusive: boolean; grants: Grants; managedBy: string },
  goal: (access: Access) => AccessGoal,
): Promise<void> {
  const session = await client.on(want.database);
  await session.transaction(async () => {
    await session.execute(lockForTransaction("default_privileges", want.owner));
    if (want.exclusive) await rejectUnlessManaged(session, { ...want, role: want.owner });
    const look = async (): Promise<Access> => {
      const access = await readDefaults(session, want);
      if (access === undefined) throw ownerOrSchemaMissing(want);
      const [kept] = publicKeeps(access, want);
      if (kept !== undefined) throw publicDefault(kept, want);
      return access;
    };
    await changeAccess(session, look, goal);
  });
}

/**
 * Reads the access list; undefined if the role or the schema is missing. Unless changed, the list for any schema has
 * PostgreSQL's built-in defaults, and the list for one schema is empty.
 * https://www.postgresql.org/docs/18/catalog-pg-default-acl.html
 */
async function readDefaults(
  session: ReadSession,
  { owner, objectType, schema }: Defaults,
): Promise<DefaultAccess | undefined> {
  if (objectType === "schemas" && schema !== null) throw schemaInSchema();
  const { keyword, stored, letter } = kinds[objectType];
  const columns = accessColumns({
    kind: letter,
    owner: sql`r.oid`,
    acl: sql`d.defaclacl`,
    ...(schema !== null && { untouched: sql`null` }),
  });
  const rows = await session.query<AccessRow & { builtIn: string[] }>(sql`
    select ${columns}, array(
      select privilege_type from aclexplode(acldefault(${letter}, r.oid)) where grantee = 0 and n.oid is not null
      intersect
      select privilege_type from aclexplode(coalesce(everywhere.defaclacl, acldefault(${letter}, r.oid)))
      where grantee = 0
    ) as "builtIn"
    from pg_roles r
    left join pg_namespace n on n.nspname = ${schema}
    left join pg_default_acl d
      on d.defaclrole = r.oid and d.defaclnamespace = coalesce(n.oid, 0) and d.defaclobjtype = ${stored}
    left join pg_default_acl everywhere
      on everywhere.defaclrole = r.oid and everywhere.defaclnamespace = 0 and everywhere.defaclobjtype = ${stored}
    where r.rolname = ${owner} and (n.oid is not null or ${schema}::text is null)`);
  const [row] = rows;
  if (row === undefined) return undefined;
  const inSchema = schema === null ? nothing : sql`in schema ${identifier(schema)} `;
  const prefix = sql`alter default privileges for role ${identifier(owner)} ${inSchema}`;
  const builtIn = new Rights(row.builtIn.map((privilege) => ({ grantee: everyone, privilege, isOption: false })));
  return { lists: [accessList(row, { on: keyword, prefix })], privileges: row.privileges, builtIn };
}

function publicDefault({ privilege }: Right, { objectType, schema }: Defaults): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(
    `PostgreSQL grants ${privilege} on new ${objectType} to PUBLIC in every schema, and defaults of the schema ${schema} alone cannot revoke it`,
    {
      code: "postgres.grant.publicDefault",
      hint: `Set \`schema\` to null, or first declare default privileges of this owner on ${objectType} with \`schema = null\` and \`exclusive = true\``,
    },
  );
}

function ownerOrSchemaMissing({ database, owner, schema }: Defaults): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(
    `the role ${owner}${schema === null ? " does not exist" : `, or the schema ${schema} in ${database}, does not exist`}`,
    { code: "postgres.object.missing", hint: "Create it first, or correct `owner` and `schema`" },
  );
}

function schemaInSchema(): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>("`schema` must be null if `objectType` is `schemas`", {
    code: "postgres.grant.object",
    hint: "Remove `schema`: schemas cannot contain schemas",
  });
}
