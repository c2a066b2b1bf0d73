import { ProviderError, waitFor } from "@nixops4-resources/protocol-core";
import { sql, sqlStateOf, type ReadSession, type Sql } from "@nixops4-resources/protocol-postgres";
import type { ErrorCode } from "../errors.ts";
import { named } from "../database/rows.ts";
import type { Writer } from "../database/stamp.ts";
import type { Tables } from "../database/tables.ts";

/**
 * An advisory lock of the session: PostgreSQL frees it when the connection ends. Its key is derived from the state's
 * uuid, so that two states do not share a lock.
 */
const key = sql`hashtextextended('nixops4-resources-state ' || id::text, 0)`;

export interface TriedLock {
  /** Whether we have the lock. */
  readonly locked: boolean;
}

/** Takes the lock if it is free. Returns a TriedLock, or no row if the state does not exist. */
export const tryLock = (tables: Tables, name: string): Sql => sql`
  select pg_try_advisory_lock(${key}) as locked from ${named(tables, name)}`;

/**
 * Ends a session whose connection we have lost. The server may not have noticed: the session would keep the lock, and
 * might still finish its last statement.
 */
export const endOwn = ({ pid, startedAt }: Writer["own"]): Sql => sql`
  select pg_terminate_backend(pid, 5000) from pg_stat_activity where pid = ${pid} and backend_start = ${startedAt}::timestamptz`;

/** A session that has the lock. Fields that the server hides from this account are null. */
export interface Holder {
  /** PostgreSQL's session id, as %c in log_line_prefix. Ids are never reused. */
  readonly id: string | null;
  readonly pid: number;
  readonly user: string | null;
  readonly application: string | null;
  readonly address: string | null;
  readonly since: string | null;
}

/** The session that has the state's lock, if any. Source: https://www.postgresql.org/docs/18/view-pg-locks.html */
export const holderOf = (tables: Tables, name: string): Sql => sql`
  select a.pid, to_hex(trunc(extract(epoch from backend_start))::bigint) || '.' || to_hex(a.pid) as id,
    usename as user, application_name as application, host(client_addr) as address,
    to_char(backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as since
  from pg_locks l join pg_stat_activity a using (pid), (select ${key} as key from ${named(tables, name)}) state
  where locktype = 'advisory' and granted and objsubid = 1 and (classid::bigint << 32) | objid::bigint = state.key
    and l.database = (select oid from pg_database where datname = current_database())`;

/** Waits for the lock up to the timeout. Throws `state.locked`, which names the session that has it. */
export async function waitForLock(
  session: ReadSession,
  tables: Tables,
  { name, lockTimeoutSeconds }: { name: string; lockTimeoutSeconds: number },
): Promise<void> {
  const [holder] = await session.query<Holder>(holderOf(tables, name));
  // PostgreSQL takes zero for no limit.
  const milliseconds = Math.max(1, lockTimeoutSeconds * 1000);
  try {
    await waitFor(`${holder === undefined ? "the lock of the state" : describeHolder(holder)} to finish`, () =>
      session.query(
        sql`set lock_timeout = ${milliseconds}; select pg_advisory_lock(${key}) from ${named(tables, name)}`,
      ),
    );
  } catch (error) {
    if (sqlStateOf(error) !== "55P03") throw error;
    const [now = holder] = await session.query<Holder>(holderOf(tables, name));
    throw locked(now, lockTimeoutSeconds, error);
  }
}

function locked(holder: Holder | undefined, seconds: number, cause: unknown): ProviderError<ErrorCode> {
  const who = holder === undefined ? "another session" : describeHolder(holder);
  const id = holder?.id ?? null;
  return new ProviderError<ErrorCode>(`${who} is writing to it, and did not finish within ${seconds} s`, {
    code: "state.locked",
    hint:
      id === null
        ? "Apply again after that run has finished. Grant pg_read_all_stats to this account to see which session it is"
        : `Apply again after that run has finished. If its machine is lost, run \`nixops4-resources-state unlock --holder ${id}\` to end its session`,
    cause,
  });
}

/** `alice@laptop (role nixops4, from 10.0.0.3, pid 4711, since 2026-11-25 19:05:17 UTC)` */
export function describeHolder({ application: name, user, address, pid, since }: Holder): string {
  const parts = [
    user === null ? null : `role ${user}`,
    address === null ? null : `from ${address}`,
    `pid ${pid}`,
    since === null ? null : `since ${since}`,
  ];
  const who = name?.replace(/^nixops4-resources-state /, "") ?? "";
  return `${who === "" ? "a session" : who} (${parts.filter((part) => part !== null).join(", ")})`;
}
