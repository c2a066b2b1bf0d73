import { defineResource, option } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  objectName,
  type PostgresWriter,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { changeAccess } from "../change.ts";
import { countsAsExisting, goalOf, seenRights, type Access, type AccessGoal } from "../goal.ts";
import { rejectUnlessManaged } from "../exclusive.ts";
import { lockOf, objectMissing, readObjectAccess, rejectFight } from "./object.ts";
import { checkNames, describeObject, homeOf, objectTypes, type GrantObject } from "./kinds.ts";
import { sessionIfExists } from "../../open-database.ts";
import { grants, grantsOf, rightsOf, seenGrants } from "../privileges.ts";
import { Rights } from "../rights.ts";

const elsewhere =
  "Declare a new grant and destroy this one, or revoke its privileges manually. A change would leave them on the old object";

export default defineResource({
  type: "grant",
  description:
    "Privileges on one object of a database, on columns of a table, on all tables, sequences or routines of a schema, or on a tablespace. One resource lists all grantees of the object. The resource adds to the privileges that others grant. With a state, privileges removed from the inputs are revoked. Without a state, only `exclusive = true` revokes. Destroying the resource revokes the declared privileges.",
  requireState: false,
  identity: ["database", "objectType", "schema", "object"],
  connection,
  inputs: {
    database: option(
      z.nullable(objectName),
      "Name of the database that contains the object, or that is the object. It must be null for a tablespace, which belongs to the whole server.",
      null,
    ),
    objectType: option(
      z.enum(objectTypes),
      "Kind of object. `table` includes views, materialized views and foreign tables; `routine` means a function or a procedure; `type` includes domains. `columns` means some columns of a table. `allTables`, `allSequences` and `allRoutines` mean the existing ones of the schema; for future ones, use `default_privileges`.",
    ),
    schema: option(
      z.nullable(objectName),
      "Name of the schema that contains the object, or that is the object. It must be null for a database, a language, a foreign server and a tablespace.",
      null,
    ),
    object: option(
      z.nullable(z.string().check(z.minLength(1))),
      "Name of the table, sequence, routine, type, language, foreign server or tablespace. If several routines have the name, add the types of the arguments, as in `add(integer, integer)`. It must be null for a database, a schema, and all objects of a schema.",
      null,
    ),
    columns: option(
      z.nullable(
        z.array(objectName).check(
          z.minLength(1),
          z.overwrite((names) => [...new Set(names)].sort()),
        ),
      ),
      "Names of the columns of the table `object`, in any order. It must be null unless `objectType` is `columns`. A role with a privilege on the table has it on each column, no matter what is granted here. If a `grant` on the table revokes a privilege there, the role keeps it on the columns that are declared here.",
      null,
    ),
    grants: option(
      grants,
      "Privileges by grantee: the name of a role, or `PUBLIC` for everyone. `CONNECT` of `PUBLIC` is rejected on a database that a `database` resource manages: set `revokePublicConnect = false` there.",
    ),
    exclusive: option(
      z.boolean(),
      "Whether to revoke all privileges that are not declared here, except those of the owner. On a database, `CONNECT` of `connection.user` is kept too, and `CONNECT` of `PUBLIC` if a `database` resource manages it. On a table, privileges on single columns are kept. On a tablespace it is rejected. The same deployment must manage the object, its schema or its database. False keeps what others have granted.",
      false,
    ),
  },
  outputs: {
    owner: option(
      z.nullable(z.string()),
      "Owner of the object, who has all privileges on it. Null if the objects have several owners, or if there are none.",
    ),
  },
  immutable: { database: elsewhere, objectType: elsewhere, schema: elsewhere, object: elsewhere, columns: elsewhere },
  stableOutputs: [],
  leastRights:
    "The right to act as the owner of the object: membership in it, on PostgreSQL 16 and later with `SET TRUE` (`INHERIT FALSE` is sufficient). Grant options are sufficient for the privileges that they cover. Also `CONNECT` on the database. On a tablespace usually only a superuser has these rights.",
  example: {
    database: "shop",
    objectType: "columns",
    schema: "public",
    object: "customers",
    columns: ["id", "name"],
    grants: { reporting: { privileges: ["SELECT"] } },
  },

  label: (want) => `on ${describeObject(want)}`,
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    checkNames(want);
    const home = homeOf(want);
    const session = await (home === null ? client.maintenance() : sessionIfExists(client, home));
    const access = session && (await readObjectAccess(session, want));
    if (access === undefined) return undefined;
    const goal = goalOf(access, want, previous.grants ?? {});
    if (!countsAsExisting(access, goal)) return undefined;
    const { database, objectType, schema, object, columns } = want;
    const owners = new Set(access.lists.map(({ owner }) => owner));
    return {
      mark: undefined,
      inputs: {
        database,
        objectType,
        schema,
        object,
        columns,
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

async function change(
  client: PostgresWriter,
  want: GrantObject & { exclusive: boolean; managedBy: string },
  goal: (access: Access) => AccessGoal,
): Promise<void> {
  const home = homeOf(want);
  const session = await (home === null ? client.maintenance() : client.on(home));
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
