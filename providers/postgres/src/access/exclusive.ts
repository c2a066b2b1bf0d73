import { ProviderError, readMark } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";

/** What an access list is part of. */
export interface Parents {
  database: string;
  schema: string | null;
  /** The role whose future objects it is about. */
  role?: string;
  managedBy: string;
}

/**
 * Only in what is the deployment's own may it take away what others have granted: an access list itself cannot bear a mark
 * (docs/adr/003-ownership.md).
 */
export async function refuseUnlessOurs(session: ReadSession, parents: Parents): Promise<void> {
  const { database, schema, role = null, managedBy } = parents;
  const comments = await session.query<{ comment: string | null }>(sql`
    select shobj_description(oid, 'pg_database') as comment from pg_database where datname = ${database}
    union all select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = ${schema}
    union all select shobj_description(oid, 'pg_authid') from pg_roles where rolname = ${role}`);
  if (comments.some(({ comment }) => readMark(comment)?.managedBy === managedBy)) return;
  const places = [`the database ${database}`, schema && `the schema ${schema}`, role && `the role ${role}`];
  const reason = `\`exclusive\` would revoke what others have granted, and ${managedBy} manages neither ${places.filter(Boolean).join(" nor ")}`;
  throw new ProviderError<ErrorCode>(reason, {
    code: "postgres.grant.exclusive",
    hint: "Let this deployment manage one of them, or set `exclusive = false`",
  });
}
