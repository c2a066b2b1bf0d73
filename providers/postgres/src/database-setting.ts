import { defineResource, option, ProviderError, readMark, type Mark } from "@nixops4-resources/protocol-core";
import {
  connectReader,
  connectWriter,
  connection,
  identifier,
  lockForTransaction,
  objectName,
  sql,
  type ReadSession,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import * as z from "zod/mini";
import { actAs, roleToActAs } from "./act-as.ts";
import type { ErrorCode } from "./errors.ts";
import { parameters, seenSettings, settingsNamed, settingStatements, type Settings } from "./settings.ts";

const elsewhere =
  "Declare a new resource and destroy this one. A change would leave the parameters set where they are now";

export default defineResource({
  type: "database_setting",
  description:
    "Server parameters for new sessions of one role in one database, or of all roles in a database that no deployment manages. They override the `settings` of `role` and `database`. The resource changes only the parameters that it declares. With a state, parameters removed from the inputs are reset. Destroying the resource resets the declared parameters.",
  requireState: false,
  identity: ["database", "role"],
  connection,
  inputs: {
    database: option(objectName, "Name of the database."),
    role: option(
      z.nullable(objectName),
      "Name of the role. Null means all roles; it is rejected if the database carries a deployment's mark, because `settings` of that `database` resource manages these parameters.",
      null,
    ),
    settings: option(
      parameters,
      'Server parameters for new sessions, such as `{ work_mem = "64MB"; search_path = "app, public"; }`. Parameters that are not listed keep their values.',
    ),
  },
  outputs: {},
  immutable: { database: elsewhere, role: elsewhere },
  stableOutputs: [],
  leastRights:
    "With `role`: CREATEROLE, on PostgreSQL 16 and later also ADMIN on the role; no right at all for `connection.user` itself. To change parameters of a superuser, the account must be superuser. Without `role`: the right to act as the owner of the database, which is membership in it, on PostgreSQL 16 and later with `SET TRUE`. Parameters that only a superuser may set, and custom ones such as `app.user`, also need `GRANT SET ON PARAMETER`.",
  example: { database: "shop", role: "reporting", settings: { statement_timeout: "10min", search_path: "reports" } },

  label: ({ database, role }) => (role === null ? `of ${database}` : `of ${role} in ${database}`),
  connectReader,
  connectWriter,

  async read(client, want, previous) {
    const { database, role } = want;
    const row = await selectSettings(await client.maintenance(), want);
    if (row === undefined) return undefined;
    if (row.mark !== undefined) return { mark: row.mark, inputs: { database, role, settings: {} }, outputs: {} };
    const settings = declaredSettings(row, want, previous.settings);
    const isDeclared = Object.keys(want.settings).length > 0;
    if (isDeclared && Object.keys(settings).length === 0) return undefined;
    return { mark: undefined, inputs: { database, role, settings }, outputs: {} };
  },

  refuse: ({ database }, { mark }) => (mark === undefined ? undefined : databaseIsManaged(database, mark)),

  create: async (client, want) => change(await client.maintenance(), want, {}, want.settings),

  update: async (client, want, { seen }) =>
    change(await client.maintenance(), want, settingsOf(seen.inputs), want.settings),

  async delete(client, want, { mark }) {
    // The parameters now belong to the database resource.
    if (mark !== undefined) return;
    await change(await client.maintenance(), want, want.settings, {});
  },
});

const settingsOf = ({ settings }: { settings?: Settings | symbol }): Settings =>
  typeof settings === "object" ? settings : {};

interface Scope {
  database: string;
  role: string | null;
}

type Wanted = Scope & { settings: Settings };

interface Row {
  stored: string[] | null;
  /** See `roleToActAs`; null too if the parameters are those of one role, which its owner cannot change. */
  actAs: string | null;
  /** The mark of the database, which also covers its parameters for all roles; undefined for those of one role. */
  mark: Mark | undefined;
}

/**
 * Undefined if the database or the role does not exist.
 * https://www.postgresql.org/docs/18/catalog-pg-db-role-setting.html
 */
async function selectSettings(session: ReadSession, { database, role }: Scope): Promise<Row | undefined> {
  const [row] = await session.query<Omit<Row, "mark"> & { comment: string | null }>(sql`
    select setconfig as stored,
           case when ${role}::text is null then shobj_description(d.oid, 'pg_database') end as comment,
           case when ${role}::text is null then ${roleToActAs(sql`datdba`)} end as "actAs"
    from pg_database d
    left join pg_roles r on r.rolname = ${role}
    left join pg_db_role_setting on setdatabase = d.oid and setrole = coalesce(r.oid, 0)
    where datname = ${database} and (r.oid is not null or ${role}::text is null)`);
  return row && { stored: row.stored, actAs: row.actAs, mark: readMark(row.comment) };
}

/** The current values of parameters that are declared now, or were declared before. */
const declaredSettings = ({ stored }: Row, { settings }: Wanted, previous: Settings = {}): Settings =>
  settingsNamed([...Object.keys(settings), ...Object.keys(previous)], seenSettings(stored, settings));

/** Sets the wanted parameters and resets the other ones among the `removable`. */
async function change(session: WriteSession, want: Wanted, removable: Settings, settings: Settings): Promise<void> {
  await session.transaction(
    async () => {
      // Read again under the lock: somebody may have changed the parameters, or marked the database.
      const row = await selectSettings(session, want);
      if (row?.mark !== undefined) throw databaseIsManaged(want.database, row.mark);
      const current = row === undefined ? {} : declaredSettings(row, { ...want, settings }, removable);
      // A missing role or database has no row; the statements then fail with the server's reason.
      const statements = settingStatements(target(want), current, settings);
      if (statements.length > 0) await session.execute(actAs(row?.actAs ?? null), ...statements);
    },
    lockForTransaction("database", want.database),
  );
}

/** https://www.postgresql.org/docs/18/sql-alterrole.html */
const target = ({ database, role }: Scope): Sql =>
  role === null
    ? sql`database ${identifier(database)}`
    : sql`role ${identifier(role)} in database ${identifier(database)}`;

function databaseIsManaged(database: string, { managedBy }: Mark): ProviderError<ErrorCode> {
  return new ProviderError<ErrorCode>(
    `the deployment ${managedBy} manages the database ${database}, and with it the parameters for all roles`,
    {
      code: "postgres.setting.managed",
      hint: `Declare the parameters in \`settings\` of the \`database\` resource ${database}, or set \`role\``,
    },
  );
}
