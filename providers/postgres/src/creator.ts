import { ProviderError } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import { mayActAs } from "./act-as.ts";
import type { ErrorCode } from "./errors.ts";

/**
 * The role to act as for creating an object in the session's database. It is the first that has CREATE of: the account,
 * the future owner (if not null), the owner of the database.
 */
export async function creatorIn(session: ReadSession, database: string, owner: string | null): Promise<string> {
  const [creator] = await session.query<{ name: string }>(sql`
    select candidate.name
    from pg_database d,
      unnest(array[current_user, ${owner}, pg_get_userbyid(d.datdba)]::name[]) with ordinality candidate(name, rank)
    where d.datname = current_database() and candidate.name is not null
      and has_database_privilege(candidate.name, d.oid, 'create') and ${mayActAs(sql`candidate.name`)}
    order by rank limit 1`);
  if (creator !== undefined) return creator.name;
  throw new ProviderError<ErrorCode>(`the account may not create objects in the database ${database}`, {
    code: "postgres.permission.denied",
    hint: `As the owner of the database, grant the account CREATE ON DATABASE ${database}, or membership in the owner (WITH SET TRUE on PostgreSQL 16 and later)`,
  });
}
