import { sql, type ReadSession } from "@nixops4-resources/protocol-postgres";
import type { Stamp } from "../history/chain.ts";

/** What the server says about our session, once: see Stamp. */
interface Session extends Omit<Stamp, "at"> {
  readonly pid: number;
  readonly startedAt: string;
  /** The server's clock, in milliseconds since 1970. */
  readonly clock: number;
}

/** One of our sessions, which can stamp events. */
export class Writer {
  readonly #session: Session;
  /** How much the server's clock is ahead of ours, in milliseconds. */
  readonly #ahead: number;

  private constructor(session: Session, ahead: number) {
    this.#session = session;
    this.#ahead = ahead;
  }

  /** `before`: the same session, which may have given up the right to see its own start. */
  static async of(session: ReadSession, before?: Writer): Promise<Writer> {
    const [found] = await session.query<Session>(sql`
      select session_user::text as actor, host(inet_client_addr()) as address,
        current_setting('application_name') as application, pg_backend_pid() as pid,
        (select backend_start::text from pg_stat_activity where pid = pg_backend_pid()) as "startedAt",
        (extract(epoch from clock_timestamp()) * 1000)::float8 as clock`);
    if (found === undefined) throw new TypeError("The server says nothing about the session.");
    const startedAt = before?.own.startedAt ?? found.startedAt;
    return new Writer({ ...found, startedAt }, found.clock - Date.now());
  }

  /** Identifies the session uniquely, also among past sessions. */
  get own(): { readonly pid: number; readonly startedAt: string } {
    return this.#session;
  }

  /** Who writes now. PostgreSQL keeps microseconds. */
  stamp(): Stamp {
    const { actor, address, application } = this.#session;
    const at = new Date(Date.now() + this.#ahead).toISOString().replace("Z", "000Z");
    return { at, actor, address, application };
  }
}
