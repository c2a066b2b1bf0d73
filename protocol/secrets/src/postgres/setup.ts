import {
  identifier,
  lockForTransaction,
  nothing,
  sql,
  verifyOwner,
  verifySchema,
  type Sql,
  type WriteSession,
} from "@nixops4-resources/protocol-postgres";
import { migrations, rolesOf } from "./migrations.ts";
import { cannotMake, denied, foreign, isAbsent, isDenied, type Site } from "./site.ts";

/**
 * Verifies that the store, if there is one, belongs to its owner role alone: what others planted would run with our rights.
 * Returns whether there is a store. Throws `postgres.schema.untrusted`.
 */
export const verifyStore = (session: WriteSession, { schema }: Site): Promise<boolean> =>
  verifySchema(session, { schema, owners: [rolesOf(schema).owner] });

/** Gives up the rights of a superuser: the session continues as a reader or writer of the store. */
export async function limitRights(session: WriteSession, { schema }: Site, access: "read" | "write"): Promise<void> {
  if (!session.facts.isSuperuser) return;
  const role = access === "read" ? rolesOf(schema).reader : rolesOf(schema).writer;
  await session.query(sql`select set_config('role', rolname, false) from pg_roles where rolname = ${role}`);
}

/**
 * Creates the store if it is missing, or migrates it, in one transaction. If several processes try at once, one does it
 * and the others wait. Throws `secret.postgres.missing` if the account has no permission, `.denied` and `.foreign`.
 */
export async function ensureStore(session: WriteSession, site: Site): Promise<void> {
  const found = (await verifyStore(session, site)) ? await installedVersion(session, site) : 0;
  if (found === migrations.length) return;
  if (found > migrations.length) {
    throw foreign(
      site,
      "was created by a later version of nixops4-resources",
      "Update nixops4-resources on this machine",
    );
  }
  const lock = lockForTransaction("store of secrets", site.schema);
  try {
    if (await session.transaction(() => migrate(session, site, found), lock)) return;
  } catch (error) {
    throw isDenied(error) ? cannotMake(site, error) : error;
  }
  await ensureStore(session, site);
}

/** 0 if there is no store. */
async function installedVersion(session: WriteSession, site: Site): Promise<number> {
  try {
    const [row] = await session.query<{ version: number }>(
      sql`select max(version) as version from ${identifier(site.schema)}.migration`,
    );
    return row?.version ?? 0;
  } catch (error) {
    if (isAbsent(error)) return 0;
    if (!isDenied(error)) throw error;
    const { hasStore } = await look(session, site);
    throw hasStore ? denied(site, "write", error) : holdsSomethingElse(site);
  }
}

const holdsSomethingElse = (site: Site): Error =>
  foreign(site, "contains something else", "Set `schema` to a name that does not exist yet");

interface Standing {
  hasSchema: boolean;
  hasStore: boolean;
  roles: string[];
}

/** Looks in the catalogs, which every account can read. */
async function look(session: WriteSession, { schema }: Site): Promise<Standing> {
  const [standing] = await session.query<Standing>(sql`
    select
      exists(select from pg_namespace where nspname = ${schema}) as "hasSchema",
      exists(
        select from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = ${schema} and c.relname = 'migration'
      ) as "hasStore",
      array(select rolname::text from pg_roles where rolname = any(${Object.values(rolesOf(schema))})) as roles`);
  return standing ?? { hasSchema: false, hasStore: false, roles: [] };
}

/** Migrates a store from the version that was found (0: none). False if another process has done so meanwhile. */
async function migrate(session: WriteSession, site: Site, found: number): Promise<boolean> {
  const { schema } = site;
  const { hasSchema, hasStore, roles } = await look(session, site);
  if (hasSchema && !hasStore) throw holdsSomethingElse(site);
  // We may not be a writer of a store that is new to us, and a failed query would abort the transaction.
  if (hasStore && (found === 0 || (await installedVersion(session, site)) !== found)) return false;
  await verifyOwner(session, rolesOf(schema).owner);
  const missing = Object.values(rolesOf(schema)).filter((name) => !roles.includes(name));
  const steps = migrations
    .slice(found)
    .flatMap((migration, index) => [
      ...migration(schema),
      sql`insert into ${identifier(schema)}.migration (version) values (${found + index + 1})`,
    ]);
  await session.execute(
    ...missing.map((name) => sql`create role ${identifier(name)}`),
    ...asOwner(session, schema, hasSchema, steps),
  );
  return true;
}

/** The account that creates the store becomes a writer and does not stay a member of the owner role. */
function asOwner({ facts }: WriteSession, schema: string, hasSchema: boolean, steps: readonly Sql[]): Sql[] {
  const [owner, writer] = [identifier(rolesOf(schema).owner), identifier(rolesOf(schema).writer)];
  const act = [
    ...(hasSchema ? [] : [sql`create schema ${identifier(schema)} authorization ${owner}`]),
    sql`set local role ${owner}`,
    ...steps,
    sql`reset role`,
  ];
  if (facts.isSuperuser) return act;
  // Since PostgreSQL 16, an account that can grant a role is not automatically its member.
  const only = facts.majorVersion < 16 ? nothing : sql` with set true, inherit false`;
  return [
    sql`grant ${owner} to current_user${only}`,
    ...act,
    sql`revoke ${owner} from current_user`,
    sql`grant ${writer} to current_user`,
  ];
}
