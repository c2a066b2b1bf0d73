import { identifier, join, nothing, sql, type Sql } from "@nixops4-resources/protocol-postgres";

/** The tables of one schema, as quoted and qualified names. */
export class Tables {
  readonly schema: string;

  constructor(schema: string) {
    this.schema = schema;
  }

  get state(): Sql {
    return this.#of("state");
  }
  get dataKey(): Sql {
    return this.#of("data_key");
  }
  get event(): Sql {
    return this.#of("event");
  }
  get archive(): Sql {
    return this.#of("event_archive");
  }
  get snapshot(): Sql {
    return this.#of("snapshot");
  }

  #of(name: string): Sql {
    return sql`${identifier(this.schema)}.${identifier(name)}`;
  }

  /**
   * Creates all tables. Run it in one transaction, under a lock, if `state` is missing. The schema may already exist:
   * an account that cannot create schemas gets one from its administrator.
   */
  creation(schemaIsThere: boolean): Sql[] {
    const schema = identifier(this.schema);
    return [
      schemaIsThere ? nothing : sql`create schema ${schema}`,
      sql`create table ${this.state} (
        id uuid primary key,
        name text not null,
        mark text,
        head integer not null,
        head_hash bytea not null,
        made_at timestamptz not null default now(),
        destroyed_at timestamptz
      )`,
      sql`create unique index on ${this.state} (name) where destroyed_at is null`,
      sql`create table ${this.dataKey} (
        state uuid not null references ${this.state},
        number integer not null,
        generation integer not null,
        recipients text[] not null,
        wrapped bytea not null,
        made_at timestamptz not null default now(),
        primary key (state, number)
      )`,
      sql`create table ${this.event} (
        state uuid not null references ${this.state},
        index integer not null,
        event text not null,
        nixops_version text not null,
        data_key integer not null,
        sealed bytea not null,
        hash bytea not null,
        at timestamptz not null,
        actor text not null,
        client_address inet,
        application text not null,
        primary key (state, index),
        foreign key (state, data_key) references ${this.dataKey}
      )`,
      sql`create table ${this.archive} (like ${this.event} including all)`,
      sql`create table ${this.snapshot} (
        state uuid not null references ${this.state},
        index integer not null,
        hash bytea not null,
        data_key integer not null,
        sealed bytea not null,
        primary key (state, index),
        foreign key (state, data_key) references ${this.dataKey}
      )`,
      ...this.#comments(),
      ...this.#triggers(),
    ];
  }

  #comments(): Sql[] {
    return [
      sql`comment on table ${this.state} is ${layout}`,
      sql`comment on table ${this.dataKey} is 'Keys that encrypt events and snapshots, themselves encrypted to age recipients.'`,
      sql`comment on table ${this.event} is 'Append-only. hash = sha256(hash of the event before || sha256(JSON array of event, nixops_version, at, actor, client_address, application) || sealed).'`,
      sql`comment on table ${this.archive} is 'Events before a snapshot; append-only.'`,
      sql`comment on table ${this.snapshot} is 'The complete document after the event with the same index.'`,
    ];
  }

  /** Protect against accidents and other accounts. The owner could remove the triggers. */
  #triggers(): Sql[] {
    const schema = identifier(this.schema);
    const refused = sql`raise exception 'events of a state are never changed or removed' using errcode = 'restrict_violation'`;
    return [
      sql`create function ${schema}.refuse() returns trigger language plpgsql set search_path = '' as $$
        begin ${refused}; end $$`,
      sql`create function ${schema}.refuse_unless_archived() returns trigger language plpgsql set search_path = '' as $$
        begin
          if exists (select from ${this.archive} a where a.state = old.state and a.index = old.index and a.hash = old.hash)
          then return old; end if;
          ${refused};
        end $$`,
      sql`create function ${schema}.sign() returns trigger language plpgsql set search_path = '' as $$
        begin
          if (new.actor, host(new.client_address), new.application)
            is distinct from (session_user::text, host(inet_client_addr()), current_setting('application_name'))
          then raise exception 'the event names another writer than its session' using errcode = 'check_violation'; end if;
          if abs(extract(epoch from clock_timestamp() - new.at)) > 60
          then raise exception 'the time of the event is more than a minute off' using errcode = ${wrongTime}; end if;
          return new;
        end $$`,
      sql`create trigger sign before insert on ${this.event} for each row execute function ${schema}.sign()`,
      sql`create trigger keep before delete on ${this.event} for each row execute function ${schema}.refuse_unless_archived()`,
      ...[sql`update or truncate on ${this.event}`, sql`update or delete or truncate on ${this.archive}`].map(
        (what) => sql`create trigger refuse before ${what} execute function ${schema}.refuse()`,
      ),
    ];
  }
}

/** SQLSTATE (datetime_field_overflow) of the trigger that rejects an event with a wrong time. */
export const wrongTime = "22008";

/** Comment that marks our tables, with a number for later layouts. */
const layout = "States of NixOps4, by nixops4-resources-state. Layout 1.";

/** All schemas of the database that contain our tables and to which we have access: `schema`. */
export const schemasWithStates = sql`
  select nspname as schema from pg_class c join pg_namespace n on n.oid = relnamespace
  where relname = 'state' and relkind = 'r' and obj_description(c.oid, 'pg_class') = ${layout}
    and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')`;

/** Binary data as SQL. */
export const bytes = (data: Uint8Array): Sql => sql`decode(${Buffer.from(data).toString("base64")}, 'base64')`;

/** `select ... union all select ...` */
export const union = (queries: readonly Sql[]): Sql => join(queries, "\nunion all\n");
