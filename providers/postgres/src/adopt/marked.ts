import { readMark, type Mark } from "@nixops4-resources/protocol-core";
import { sql, type ReadSession, type WriteSession } from "@nixops4-resources/protocol-postgres";
import { commentOnDatabase } from "../database/statements.ts";
import { commentOnExtension } from "../extension/extension.ts";
import { commentOnSchema } from "../schema/schema.ts";

/** The database itself, or an object in it whose mark a dump contains. */
export interface MarkedObject {
  type: "database" | "extension" | "schema";
  name: string;
  mark: Mark;
}

/** Everything of the session's database that carries a mark of any deployment. */
export async function markedObjects(session: ReadSession): Promise<MarkedObject[]> {
  const rows = await session.query<Omit<MarkedObject, "mark"> & { comment: string | null }>(sql`
    select 'database' as type, datname as name, shobj_description(oid, 'pg_database') as comment
    from pg_database where datname = current_database()
    union all select 'extension', extname, obj_description(oid, 'pg_extension') from pg_extension
    union all select 'schema', nspname, obj_description(oid, 'pg_namespace') from pg_namespace
    order by type, name`);
  return rows.flatMap(({ comment, ...object }) => {
    const mark = readMark(comment);
    return mark === undefined ? [] : [{ ...object, mark }];
  });
}

/** Replaces the mark of the object, if it still carries the one that was read; throws `MarkChanged` if not. */
export const replaceMark = (session: WriteSession, object: MarkedObject, mark: Mark): Promise<void> =>
  writers[object.type](session, object.name, mark, object.mark);

const writers = { database: commentOnDatabase, extension: commentOnExtension, schema: commentOnSchema };
