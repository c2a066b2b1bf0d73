import { limitToOwner, sql, verifySchema, type ReadSession } from "@nixops4-resources/protocol-postgres";

/**
 * Verifies the schema before anything in it is used: only `connection.user`, the database's owner or a superuser may own
 * it and everything in it. Others could have planted triggers, which run with our rights. Returns whether it exists.
 */
export async function verifyStates(session: ReadSession, schema: string): Promise<boolean> {
  const [row] = await session.query<{ user: string; owner: string }>(sql`
    select session_user::text as user, pg_get_userbyid(datdba)::text as owner from pg_database
    where datname = current_database()`);
  return await verifySchema(session, { schema, owners: row ? [row.user, row.owner] : [], canLogIn: true });
}

/** The same; a superuser's session then continues as the owner of the schema. */
export async function enterStates(session: ReadSession, schema: string): Promise<void> {
  if (await verifyStates(session, schema)) await limitToOwner(session, schema);
}
