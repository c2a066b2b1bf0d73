import { sql, Sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import { accessColumns, accessList, entryFields, type AccessRow, type Entry } from "../access-list.ts";
import type { Access } from "../goal.ts";
import { kinds, type GrantObject } from "./kinds.ts";

/** Every privilege that a column can have; https://www.postgresql.org/docs/18/ddl-priv.html */
const privileges = ["INSERT", "REFERENCES", "SELECT", "UPDATE"];

/**
 * Reads one access list for each column; undefined if the table does not exist. A missing column has an empty list, so a
 * GRANT follows, whose error names the column.
 */
export async function readColumnAccess(
  session: ReadSession,
  { schema, object, columns }: GrantObject,
): Promise<Access | undefined> {
  const { keyword, letter, filter = sql`true` } = kinds.columns;
  const rows = await session.query<AccessRow & { table: string; column: string }>(sql`
    select format('%I.%I', n.nspname, c.relname) as table, quote_ident(wanted.name) as column,
      ${accessColumns({ kind: letter, owner: sql`c.relowner`, acl: sql`a.attacl` })}
    from pg_namespace n
    join pg_class c on c.relnamespace = n.oid and ${filter}
    cross join unnest(${columns ?? []}) wanted(name)
    left join pg_attribute a on a.attrelid = c.oid and a.attname = wanted.name and not a.attisdropped
    where n.nspname = ${schema} and c.relname = ${object}`);
  if (rows.length === 0) return undefined;
  const lists = rows.map((row) =>
    accessList(
      { ...row, privileges, entries: [...row.entries, ...ownersEntries(row)] },
      { on: new Sql(`${keyword} ${row.table}`), column: new Sql(` (${row.column})`) },
    ),
  );
  return { lists, privileges };
}

/** The owner of the table has every privilege on its columns, without an entry in their lists. */
const ownersEntries = ({ owner }: { owner: string }): Entry[] =>
  privileges.map((privilege) => ({ grantee: owner, grantor: owner, privilege, grantable: true }));

/** SQL expression: the entries of all columns of the table `c`, as JSON. */
export const columnEntries = sql`(
  select coalesce(json_agg(json_build_object('column', quote_ident(a.attname), ${entryFields})), '[]')
  from pg_attribute a, aclexplode(a.attacl)
  where a.attrelid = c.oid and a.attacl is not null and not a.attisdropped
)`;
