import { defineResource, option } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  objectName,
  type PostgresWriter,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { changeAccess } from "./change.ts";
import { countsAsExisting, goalOf, seenRights, type Access, type AccessGoal } from "./goal.ts";
import { rejectUnlessManaged } from "./exclusive.ts";
import {
  checkNames,
  lockOf,
  describeObject,
  objectMissing,
  objectTypes,
  readObjectAccess,
  rejectFight,
  type GrantObject,
} from "./grant-object.ts";
import { sessionIfExists } from "../open-database.ts";
import { grants, grantsOf, rightsOf, seenGrants } from "./privileges.ts";
import { Rights } from "./rights.ts";

const elsewhere =
  "Declare a new grant and destroy this one, or revoke its privileges manually. A change would leave them on the old object";

export default defineResource({
  type: "grant",
  description:
    "Privileges on one object of a database, or on all tables, sequences or routines of a schema. One resource lists all grantees of the object. The resource adds to the privileges that others grant. With a state, privileges removed from the inputs are revoked. Without a state, only `exclusive = true` revokes. Destroying the resource revokes the declared privileges.",
  requireState: false,
  connection,
  inputs: {
    database: option(objectName, "Name of the database that contains the object, or that is the object."),
    objectType: option(
      z.enum(objectTypes),
      "Kind of object. `table` includes views, materialized views and foreign tables; `routine` means a function or a procedure; `type` includes domains. `allTables`, `allSequences` and `allRoutines` mean the existing ones of the schema; for future ones, use `default_privileges`.",
    ),
    schema: option(
      z.nullable(objectName),
      "Name of the schema that contains the object, or that is the object. It must be null for a database, a language and a foreign server.",
      null,
    ),
    object: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Name of the table, sequence, routine, type, language or foreign server. If several routines have the name, add the types of the arguments, as in `add(integer, integer)`. It must be null for a database, a schema, and all objects of a schema.",
      null,
    ),
    grants: option(
      grants,
      "Privileges by grantee: the name of a role, or `PUBLIC` for everyone. `CONNECT` of `PUBLIC` is rejected on a database that a `database` resource manages: set `revokePublicConnect = false` there.",
    ),
    exclusive: option(
      z.boolean(),
      "Whether to revoke all privileges that are not declared here, except those of the owner. On a database, `CONNECT` of `connection.user` is kept too, and `CONNECT` of `PUBLIC` if a `database` resource manages it. The same deployment must manage the object, its schema or its database. False keeps what others have granted.",
      false,
    ),
  },
  outputs: {
    owner: option(
      z.nullable(z.string()),
      "Owner of the object, who has all privileges on it. Null if the objects have several owners, or if there are none.",
    ),
  },
  immutable: { database: elsewhere, objectType: elsewhere, schema: elsewhere, object: elsewhere },
  stableOutputs: [],
  leastRights:
    "The right to act as the owner of the object: membership in it, on PostgreSQL 16 and later with `SET TRUE` (`INHERIT FALSE` is sufficient). Grant options are sufficient for the privileges that they cover. Also `CONNECT` on the database.",
  example: {
    database: "shop",
    objectType: "schema",
    schema: "public",
    grants: { reporting: { privileges: ["USAGE"] } },
  },

  label: (want) => `on ${describeObject(want)}`,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    checkNames(want);
    const session = await (belongsToServer(want) ? client.maintenance() : sessionIfExists(client, want.database));
    const access = session && (await readObjectAccess(session, want));
    if (access === undefined) return undefined;
    const goal = goalOf(access, want, previous.grants ?? {});
    if (!countsAsExisting(access, goal)) return undefined;
    const { database, objectType, schema, object } = want;
    const owners = new Set(access.lists.map(({ owner }) => owner));
    return {
      mark: undefined,
      inputs: {
        database,
        objectType,
        schema,
        object,
        grants: grantsOf(seenRights(access, goal), want.grants, access.privileges),
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
      revocable: declared(access),
    }));
  },
});

/** Objects of the whole server are changed, and locked, in the maintenance database. */
const belongsToServer = ({ objectType }: GrantObject): boolean => objectType === "database";

async function change(
  client: PostgresWriter,
  want: GrantObject & { exclusive: boolean; managedBy: string },
  goal: (access: Access) => AccessGoal,
): Promise<void> {
  const session = await (belongsToServer(want) ? client.maintenance() : client.on(want.database));
  await session.transaction(async () => {
    await session.execute(lockOf(want));
    if (want.exclusive) await rejectUnlessManaged(session, want);
    const look = async (): Promise<Access> => {
      const access = await readObjectAccess(session, want);
      if (access === undefined) throw objectMissing(want);
      return access;
    };
    await changeAccess(session, look, (access) => {
      const wanted = goal(access);
      rejectFight(access, wanted);
      return wanted;
    });
  });
}
