import { ProviderError, readMark } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";

/** The objects that an access list belongs to. */
export interface Parents {
  /** Null for an object of the whole server that is not a database: no deployment can manage it. */
  database: string | null;
  schema: string | null;
  /** The owner of the future objects, for default privileges. */
  role?: string;
  managedBy: string;
}

/**
 * Rejects `exclusive` unless the deployment manages one of the parents, since an access list itself cannot carry a mark
 * (docs/adr/003-ownership.md).
 */
export async function rejectUnlessManaged(session: ReadSession, parents: Parents): Promise<void> {
  const { database, schema, role = null, managedBy } = parents;
  const comments = await session.query<{ comment: string | null }>(sql`
    select shobj_description(oid, 'pg_database') as comment from pg_database where datname = ${database}
    union all select obj_description(oid, 'pg_namespace') from pg_namespace where nspname = ${schema}
    union all select shobj_description(oid, 'pg_authid') from pg_roles where rolname = ${role}`);
  if (comments.some(({ comment }) => readMark(comment)?.managedBy === managedBy)) return;
  const candidates = [
    database && `the database ${database}`,
    schema && `the schema ${schema}`,
    role && `the role ${role}`,
  ];
  const why =
    database === null
      ? "no deployment can manage this object"
      : `${managedBy} manages neither ${candidates.filter(Boolean).join(" nor ")}`;
  throw new ProviderError<ErrorCode>(`\`exclusive\` would revoke privileges that others granted, and ${why}`, {
    code: "postgres.grant.exclusive",
    hint: `${database === null ? "Set" : "Declare one of them in this deployment, or set"} \`exclusive = false\``,
  });
}
