import type { PostgresBackend } from "@nixops4-resources/protocol-postgres/testing";

/** The effective access list: an unchanged list has PostgreSQL's defaults. */
const access = (kind: string, owner: string, acl: string): string => `(
  select jsonb_agg(entry order by entry) from (
    select concat_ws(' ', grantee::regrole, privilege_type, is_grantable, 'by', grantor::regrole) as entry
    from aclexplode(coalesce(${acl}, acldefault('${kind}', ${owner})))
  ) entries)`;

/** Everything in a database that schemas, extensions, grants and default privileges can change, without object ids. */
export async function snapshotDatabase(backend: PostgresBackend, database: string): Promise<unknown> {
  const [snapshot] = await backend.runIn(
    database,
    `select
      (select ${access("d", "datdba", "datacl")} from pg_database where datname = current_database()) as database,
      (
        select jsonb_agg(jsonb_build_array(
          nspname, nspowner::regrole, obj_description(oid, 'pg_namespace'), ${access("n", "nspowner", "nspacl")}
        ) order by nspname)
        from pg_namespace where nspname !~ '^pg_'
      ) as schemas,
      (
        select jsonb_agg(jsonb_build_array(oid::regclass, ${access("r", "relowner", "relacl")}) order by oid::regclass::text)
        from pg_class where relkind = 'r' and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      ) as tables,
      (
        select jsonb_agg(jsonb_build_array(
          attrelid::regclass, attname, ${access("c", "relowner", "attacl")}
        ) order by attrelid::regclass::text, attname)
        from pg_attribute join pg_class c on c.oid = attrelid where attacl <> '{}' and relkind = 'r'
          and relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      ) as columns,
      (
        select jsonb_agg(jsonb_build_array(
          extname, extversion, extowner::regrole, extnamespace::regnamespace, obj_description(oid, 'pg_extension')
        ) order by extname)
        from pg_extension
      ) as extensions,
      (
        select jsonb_agg(jsonb_build_array(
          defaclrole::regrole, defaclnamespace::regnamespace, defaclobjtype, ${access("r", "defaclrole", "defaclacl")}
        ) order by defaclrole::regrole::text, defaclobjtype)
        from pg_default_acl
      ) as defaults`,
  );
  return snapshot;
}
