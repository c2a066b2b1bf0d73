import { defineResource, option } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  objectName,
  type PostgresWriter,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { changeAccess, goalOf, isThere, seenOf, type Access, type AccessGoal } from "./change.ts";
import { refuseUnlessOurs } from "./exclusive.ts";
import {
  checkNames,
  lockOf,
  objectInWords,
  objectMissing,
  objectTypes,
  readObjectAccess,
  type GrantObject,
} from "./grant-object.ts";
import { sessionIfThere } from "../open-database.ts";
import { grants, grantsOf, rightsOf, seenGrants } from "./privileges.ts";
import { Rights } from "./rights.ts";

const elsewhere =
  "What was granted on the old object would stay: declare a new grant, and destroy this one, or revoke by hand";

export default defineResource({
  type: "grant",
  description:
    "Who may do what with one object of a database, or with all tables, sequences or routines of a schema. One resource lists all grantees of the object. It adds to what others have granted. What is taken out of it is revoked where the resource has a state, which remembers it; without one only `exclusive` revokes. Destroying it revokes what it declares.",
  requireState: false,
  connection,
  inputs: {
    database: option(objectName, "Name of the database that the object is in, or that it is."),
    objectType: option(
      z.enum(objectTypes),
      "Kind of object. `table` is also a view, a materialized view or a foreign table, `routine` a function or a procedure, `type` also a domain. `allTables`, `allSequences` and `allRoutines` are those that the schema has now; for those to come there is `default_privileges`.",
    ),
    schema: option(
      z.nullable(objectName),
      "Name of the schema that the object is in, or that it is; null for a database, a language and a foreign server.",
      null,
    ),
    object: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Name of the table, sequence, routine, type, language or foreign server; of a routine that shares its name with others the types of its arguments too, as in `add(integer, integer)`. Null for a database, a schema, and all objects of one.",
      null,
    ),
    grants: option(grants, "Who may do what: names of roles, or `PUBLIC` for everyone, and their privileges."),
    exclusive: option(
      z.boolean(),
      "Whether to revoke all that is not declared here, from everyone but the owner. It needs the object, its schema or its database to be managed by the same deployment. False leaves alone what others have granted.",
      false,
    ),
  },
  outputs: {
    owner: option(
      z.nullable(z.string()),
      "Owner of the object, who may do everything with it; null where the objects have several owners, or none.",
    ),
  },
  immutable: { database: elsewhere, objectType: elsewhere, schema: elsewhere, object: elsewhere },
  stableOutputs: [],
  leastRights:
    "The right to act as the owner of the object: membership in it, on PostgreSQL 16 and later with `SET TRUE` (`INHERIT FALSE` is enough). Grant options alone do for what they cover. `CONNECT` on the database.",
  example: {
    database: "shop",
    objectType: "schema",
    schema: "public",
    grants: { reporting: { privileges: ["USAGE"] } },
  },

  label: (want) => `on ${objectInWords(want)}`,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    checkNames(want);
    const session = await (onServer(want) ? client.maintenance() : sessionIfThere(client, want.database));
    const access = session && (await readObjectAccess(session, want));
    if (access === undefined) return undefined;
    const goal = goalOf(access, want, previous.grants ?? {});
    if (!isThere(access, goal)) return undefined;
    const { database, objectType, schema, object } = want;
    const owners = new Set(access.lists.map(({ owner }) => owner));
    return {
      mark: undefined,
      inputs: {
        database,
        objectType,
        schema,
        object,
        grants: grantsOf(seenOf(access, goal), want.grants, access.privileges),
      },
      outputs: { owner: owners.size === 1 ? ([...owners][0] ?? null) : null },
    };
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

/** What belongs to the whole server is changed, and locked, in the maintenance database. */
const onServer = ({ objectType }: GrantObject): boolean => objectType === "database";

async function change(
  client: PostgresWriter,
  want: GrantObject & { exclusive: boolean; managedBy: string },
  goal: (access: Access) => AccessGoal,
): Promise<void> {
  const session = await (onServer(want) ? client.maintenance() : client.on(want.database));
  await session.transaction(async () => {
    await session.execute(lockOf(want));
    if (want.exclusive) await refuseUnlessOurs(session, want);
    const look = async (): Promise<Access> => {
      const access = await readObjectAccess(session, want);
      if (access === undefined) throw objectMissing(want);
      return access;
    };
    await changeAccess(session, look, goal);
  });
}
