import { ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "./errors.ts";
import type { ReadSession } from "./session.ts";
import { nothing, sql, type Sql } from "./sql.ts";

/** The owner of a schema, and everything in it that another role could have planted. */
interface Ownership {
  owner: string;
  isOwnerSuperuser: boolean;
  /** Roles that can act as the owner, without superusers. Empty if the account of this session is the owner. */
  actors: string[];
  /** Objects and rights, in PostgreSQL's words. */
  planted: string[];
}

/**
 * Verifies a schema before anything in it is used: functions, triggers and views that another role planted would run
 * with the rights of this session. Only the catalogs are read. Returns false if the schema does not exist.
 *
 * Throws `postgres.schema.untrusted` unless one of `owners`, or a superuser, owns the schema, nobody else can act as that
 * owner, and nobody else owns or can create anything in the schema. Superusers are trusted: they rule the server anyway.
 *
 * `canLogIn`: the owner is an account, so that it and its members may act. Then use `limitToOwner` too.
 *
 * A schema that does not exist yet is created without IF NOT EXISTS, in one transaction with everything in it: then
 * nobody can have planted anything in between.
 */
export async function verifySchema(
  session: ReadSession,
  { schema, owners, canLogIn = false }: { schema: string; owners: readonly string[]; canLogIn?: boolean },
): Promise<boolean> {
  const [found] = await session.query<Ownership>(ownershipOf(session, schema));
  if (found === undefined) return false;
  const flaw = flawOf(canLogIn ? { ...found, actors: [] } : found, owners);
  if (flaw === undefined) return true;
  throw new ProviderError<ErrorCode>(`the schema ${schema} is not safe to use: ${flaw}`, {
    code: "postgres.schema.untrusted",
    hint: "Find out who created it; then drop it or revoke the right, or use another schema",
  });
}

/** Continues with the rights of the schema's owner, if the session has those of a superuser and the owner has not. */
export async function limitToOwner(session: ReadSession, schema: string): Promise<void> {
  if (!session.facts.isSuperuser) return;
  await session.query(sql`
    select set_config('role', rolname, false) from pg_namespace s join pg_roles o on o.oid = s.nspowner
    where s.nspname = ${schema} and not o.rolsuper`);
}

/**
 * Verifies a role that is about to own a schema, if the role exists already: nobody may be able to act as it. Throws
 * `postgres.schema.untrusted`.
 */
export async function verifyOwner(session: ReadSession, owner: string): Promise<void> {
  const [found] = await session.query<Pick<Ownership, "actors">>(
    sql`select ${actorsOf(session)} as actors from pg_roles o where o.rolname = ${owner} and not o.rolsuper`,
  );
  const [actor] = found?.actors ?? [];
  if (actor === undefined) return;
  throw new ProviderError<ErrorCode>(`the role ${owner} is not safe to use: ${actor} can act as it`, {
    code: "postgres.schema.untrusted",
    hint: `Run REVOKE ${owner} FROM ${actor}, or ALTER ROLE ${owner} NOLOGIN if the role itself can log in`,
  });
}

function flawOf({ owner, isOwnerSuperuser, actors, planted }: Ownership, owners: readonly string[]) {
  const [expected] = owners;
  if (!isOwnerSuperuser && !owners.includes(owner)) return `${owner} owns it, expected ${expected}`;
  const [actor] = actors;
  if (actor !== undefined && !isOwnerSuperuser) return `${actor} can act as its owner ${owner}`;
  const [first] = planted;
  return first === undefined ? undefined : `${first}${planted.length > 1 ? `, and ${planted.length - 1} more` : ""}`;
}

/** PUBLIC is role 0. */
const grantee = sql`case e.grantee when 0 then 'PUBLIC' else pg_get_userbyid(e.grantee)::text end`;

/**
 * A trigger may call any function, so its function must be in the schema too. Views, rules and policies
 * call functions with the rights of the reader; no store of this suite has any.
 */
const ownershipOf = (session: ReadSession, schema: string): Sql => sql`
  select pg_get_userbyid(s.nspowner)::text as owner, o.rolsuper as "isOwnerSuperuser",
    ${actorsOf(session)} as actors,
    array(
      select pg_describe_object(each.catalog, each.id, 0) || ' belongs to ' || pg_get_userbyid(each.owner)
      from (
        select 'pg_class'::regclass, c.oid, c.relowner from pg_class c where c.relnamespace = s.oid
        union all select 'pg_proc'::regclass, p.oid, p.proowner from pg_proc p where p.pronamespace = s.oid
        union all select 'pg_type'::regclass, t.oid, t.typowner from pg_type t where t.typnamespace = s.oid
        union all select 'pg_operator'::regclass, x.oid, x.oprowner from pg_operator x where x.oprnamespace = s.oid
      ) each (catalog, id, owner)
      where each.owner <> s.nspowner
      union all
      select pg_describe_object('pg_trigger'::regclass, t.oid, 0) || ' calls a function of another schema'
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_proc p on p.oid = t.tgfoid
      where c.relnamespace = s.oid and not t.tgisinternal and p.pronamespace <> s.oid
      union all
      select pg_describe_object('pg_class'::regclass, c.oid, 0) || ' is not a plain table'
      from pg_class c
      where c.relnamespace = s.oid and (c.relkind not in ('r', 'i', 'S') or c.relrowsecurity or c.relhasrules)
      union all
      select g.holder || ' has the right ' || g.privilege || ' on ' || g.object
      from (
        select pg_describe_object('pg_namespace'::regclass, s.oid, 0), e.privilege_type, ${grantee}
        from aclexplode(s.nspacl) e where e.privilege_type = 'CREATE' and e.grantee <> s.nspowner
        union all
        select pg_describe_object('pg_class'::regclass, c.oid, 0), e.privilege_type, ${grantee}
        from pg_class c, aclexplode(c.relacl) e
        where c.relnamespace = s.oid and e.privilege_type = 'TRIGGER' and e.grantee <> c.relowner
      ) g (object, privilege, holder)
    ) as planted
  from pg_namespace s join pg_roles o on o.oid = s.nspowner
  where s.nspname = ${schema}`;

/** Since PostgreSQL 16, the creator of a role is its member, but without an option to act as the role. */
const actorsOf = ({ facts }: ReadSession): Sql => sql`
    array(
      select a.rolname::text from pg_roles a
      where not a.rolsuper and a.rolname <> session_user and o.rolname <> session_user and (
        a.oid = o.oid and a.rolcanlogin
        or exists (
          select from pg_auth_members m
          where m.roleid = o.oid and m.member = a.oid ${facts.majorVersion < 16 ? nothing : sql`and (m.inherit_option or m.set_option)`}))
      order by 1
    )`;
