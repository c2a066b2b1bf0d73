import { identifier, sql, type Sql } from "@nixops4-resources/protocol-postgres";

/** Roles of a store. Nobody logs in as the owner of the tables; readers read values; writers also add them. */
export const rolesOf = (schema: string) => ({
  owner: `${schema}_owner`,
  reader: `${schema}_reader`,
  writer: `${schema}_writer`,
});

/**
 * The migrations of a store's schema. Each runs once, as the owner. A released migration is never changed.
 *
 * Rows are only added. Readers and writers reach the tables only through functions that run as the owner.
 */
export const migrations: readonly ((schema: string) => Sql[])[] = [
  (schema) => [...tables(identifier(schema)), ...functions(identifier(schema)), ...grants(schema)],
];

const tables = (s: Sql): Sql[] => [
  sql`create table ${s}.migration (
    version integer primary key,
    applied_at timestamptz not null default clock_timestamp(),
    applied_by name not null default session_user)`,

  // Values, each encrypted with the data key of its version.
  sql`create table ${s}.secret_version (
    name text collate "C" not null,
    version integer not null check (version > 0),
    value bytea not null,
    created_at timestamptz not null default clock_timestamp(),
    created_by name not null default session_user,
    primary key (name, version))`,

  // Metadata of a secret, one row per change. `about` is encrypted with the data key of the current version. A row
  // without a version means that the secret was destroyed.
  sql`create table ${s}.secret_revision (
    name text collate "C" not null,
    revision integer not null check (revision > 0),
    version integer,
    previous integer check (previous < version),
    grace_seconds integer not null check (grace_seconds >= 0),
    about bytea,
    changed_at timestamptz not null default clock_timestamp(),
    changed_by name not null default session_user,
    primary key (name, revision),
    foreign key (name, version) references ${s}.secret_version deferrable initially deferred,
    foreign key (name, previous) references ${s}.secret_version,
    check ((version is null) = (about is null)))`,

  // The data keys, encrypted to the recipients. The latest row of a version is the valid one.
  sql`create table ${s}.secret_key (
    name text collate "C" not null,
    version integer not null,
    revision integer not null,
    wrapped bytea not null,
    primary key (name, version, revision),
    foreign key (name, version) references ${s}.secret_version,
    foreign key (name, revision) references ${s}.secret_revision)`,

  // `request` stores a `ticket`; `reveal` returns a value only for a ticket.
  sql`create table ${s}.access_log (
    ticket uuid primary key,
    at timestamptz not null default clock_timestamp(),
    who name not null default session_user,
    address inet default inet_client_addr(),
    name text collate "C" not null,
    version integer not null,
    purpose text not null,
    transaction xid8 not null default pg_current_xact_id())`,
  sql`create index on ${s}.access_log (name, at)`,

  sql`create function ${s}.refuse() returns trigger
    language plpgsql set search_path = pg_catalog, pg_temp as $$
    begin
      raise exception 'rows of a secret store are never changed or removed' using errcode = 'restrict_violation';
    end $$`,
  ...["migration", "secret_version", "secret_revision", "secret_key", "access_log"].map(
    (table) => sql`create trigger append_only before update or delete or truncate on ${s}.${identifier(table)}
      for each statement execute function ${s}.refuse()`,
  ),
];

/** https://www.postgresql.org/docs/18/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY */
const asOwner = sql`security definer set search_path = pg_catalog, pg_temp`;

const functions = (s: Sql): Sql[] => [
  sql`create function ${s}.key_of(name text, version integer) returns bytea
    language sql stable ${asOwner} as $$
      select k.wrapped from ${s}.secret_key k where k.name = key_of.name and k.version = key_of.version
      order by k.revision desc limit 1
    $$`,

  // The last revision of one secret or of all, destroyed ones included.
  sql`create function ${s}.look(wanted text) returns table (
      name text, revision integer, version integer, previous integer, last_version integer, grace_seconds integer,
      about bytea, key bytea, previous_key bytea, created_at timestamptz, previous_created_at timestamptz)
    language sql stable ${asOwner} as $$
      select r.name, r.revision, r.version, r.previous,
        (select max(v.version) from ${s}.secret_version v where v.name = r.name), r.grace_seconds,
        r.about, ${s}.key_of(r.name, r.version), ${s}.key_of(r.name, r.previous), current.created_at, previous.created_at
      from (
        select distinct on (r.name) * from ${s}.secret_revision r where wanted is null or r.name = wanted
        order by r.name, r.revision desc
      ) r
      left join ${s}.secret_version current on current.name = r.name and current.version = r.version
      left join ${s}.secret_version previous on previous.name = r.name and previous.version = r.previous
      order by r.name
    $$`,

  // Records that somebody reads the current or another readable version. Records nothing if there is no such version.
  sql`create function ${s}.request(ticket uuid, secret text, wanted integer, purpose text) returns void
    language sql volatile ${asOwner} as $$
      insert into ${s}.access_log (ticket, name, version, purpose)
      select request.ticket, look.name, coalesce(wanted, look.version), request.purpose
      from ${s}.look(secret) look
      where coalesce(wanted, look.version) = look.version or wanted = look.previous
        and clock_timestamp() < look.created_at + make_interval(secs => look.grace_seconds)
    $$`,

  // Returns nothing for a record that could still be rolled back, is older than a minute, or belongs to another user.
  sql`create function ${s}.reveal(ticket uuid) returns table (version integer, value bytea, key bytea)
    language sql volatile ${asOwner} as $$
      select v.version, v.value, ${s}.key_of(v.name, v.version)
      from ${s}.access_log l join ${s}.secret_version v on v.name = l.name and v.version = l.version
      where l.ticket = reveal.ticket and l.who = session_user and l.at > clock_timestamp() - interval '1 minute'
        and l.transaction is distinct from pg_current_xact_id_if_assigned()
    $$`,

  // Adds a revision after the one that the author has seen. Returns false and adds nothing if there is a newer one.
  sql`create function ${s}.append(
      secret text, seen integer, version integer, previous integer, grace_seconds integer, about bytea,
      value bytea, key bytea, previous_key bytea) returns boolean
    language plpgsql volatile ${asOwner} as $$
    #variable_conflict use_column
    declare
      last record;
    begin
      select l.revision, l.version, l.last_version into last from ${s}.look(secret) l;
      if seen <> coalesce(last.revision, 0) then
        return false;
      end if;
      if append.version is not null and append.version is distinct from
          (case when value is null then last.version else coalesce(last.last_version, 0) + 1 end) then
        raise exception 'version % of % does not follow', append.version, secret;
      end if;
      insert into ${s}.secret_revision (name, revision, version, previous, grace_seconds, about)
      values (secret, seen + 1, append.version, append.previous, append.grace_seconds, append.about)
      on conflict do nothing;
      if not found then
        return false;
      end if;
      if value is not null then
        insert into ${s}.secret_version (name, version, value) values (secret, append.version, value);
      end if;
      insert into ${s}.secret_key (name, version, revision, wrapped)
      select secret, added.version, seen + 1, added.wrapped
      from (values (append.version, key), (append.previous, previous_key)) added (version, wrapped)
      where added.wrapped is not null;
      return true;
    end $$`,

  sql`create function ${s}.accesses(wanted text) returns table (
      at timestamptz, who name, address inet, name text, version integer, purpose text)
    language sql stable ${asOwner} as $$
      select l.at, l.who, l.address, l.name, l.version, l.purpose from ${s}.access_log l
      where wanted is null or l.name = wanted order by l.at
    $$`,
];

function grants(schema: string): Sql[] {
  const s = identifier(schema);
  const [reader, writer] = [identifier(rolesOf(schema).reader), identifier(rolesOf(schema).writer)];
  return [
    sql`revoke all on all functions in schema ${s} from public`,
    sql`grant usage on schema ${s} to ${reader}, ${writer}`,
    sql`grant select on ${s}.migration to ${reader}, ${writer}`,
    sql`grant execute on function ${s}.look, ${s}.request, ${s}.reveal to ${reader}, ${writer}`,
    sql`grant execute on function ${s}.append, ${s}.accesses to ${writer}`,
  ];
}
