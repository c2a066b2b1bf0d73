import { startPgbouncer } from "@nixops4-resources/integration-servers/postgres/pgbouncer";
import { describePostgres, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { expect, test } from "vitest";
import { connectWriter } from "./client.ts";
import { ownLogin } from "./login.ts";
import { openWriteSession } from "./session.ts";
import { sql } from "./sql.ts";
import { ask, open, parse } from "./testing/ask-server.ts";

describePostgres("a session", (server) => {
  test("for reading cannot write, since the server rejects it", async () => {
    await expect(ask(server(), {}, sql`create role by_a_reader`)).rejects.toThrow(/read-only transaction/);
  });

  test("sets its application name, UTF-8 and an empty search_path", async () => {
    const settings = sql`select current_setting('application_name') as name, current_setting('client_encoding') as encoding,
                                current_setting('search_path') as path`;
    expect(await ask(server(), {}, settings)).toEqual({
      name: "nixops4-resources",
      encoding: "UTF8",
      path: "",
    });
  });

  test("sends bytes unchanged", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect(await ask(server(), {}, sql`select ${bytes} as bytes`)).toEqual({ bytes });
    const nonconforming = sql`set standard_conforming_strings = off; select ${bytes} as bytes`;
    expect(await ask(server(), {}, nonconforming)).toEqual({ bytes });
  });

  test("with session options sets its name, settings and keep-alive", async () => {
    const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 30 };
    const login = await ownLogin(parse(server()), "postgres", "write", request);
    const settings = { idle_session_timeout: 0, datestyle: "SQL, DMY" };
    await using session = await openWriteSession({
      ...login,
      session: { application: "a name", keepAlive: true, settings },
    });
    const [row] = await session.query(sql`
      select current_setting('application_name') as name, current_setting('idle_session_timeout') as idle,
        current_setting('datestyle') as style, current_setting('tcp_keepalives_idle') as "keepAlive"`);
    expect(row).toEqual({ name: "a name", idle: "0", style: "SQL, DMY", keepAlive: "60" });
  });

  test.each([
    ["a unique violation", "create temp table t (v text unique); insert into t values ('row data'), ('row data')"],
    ["a check violation", "create temp table t (v text check (v = '')); insert into t values ('row data')"],
    ["an error of a function", "raise exception 'failed' using detail = 'row data', hint = 'row data'"],
  ])("prints no row data of %s", async (_name, body) => {
    const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 30 };
    await using client = await connectWriter(parse(server()), request);
    const session = await client.maintenance();
    const failed = session.query(sql`do ${`begin ${body}; end`}`);
    await expect(failed).rejects.toMatchObject({
      code: "postgres.statement.refused",
      message: expect.not.stringContaining("row data"),
      hint: expect.not.stringContaining("row data"),
    });
  });

  test("is closed at once when the request times out", async () => {
    const overtime = new AbortController();
    await using client = await open(server(), {}, overtime.signal);
    const session = await client.maintenance();
    const sleeping = session.query(sql`select pg_sleep(60)`);
    const started = performance.now();
    overtime.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "postgres.connection.closed" });
    expect(performance.now() - started, "milliseconds").toBeLessThan(1000);
  });

  test("is limited by the server in the time of statements and locks", async () => {
    const login = parse(server());
    const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 1 };
    await using holder = await connectWriter(login, request);
    await using waiter = await connectWriter(login, request);
    await (await holder.maintenance()).query(sql`select pg_advisory_lock(1)`);
    const waiting = await waiter.maintenance();
    await expect(waiting.query(sql`select pg_advisory_lock(1)`)).rejects.toMatchObject({
      code: "postgres.lock.timeout",
    });
    await expect(waiting.query(sql`select pg_sleep(5)`)).rejects.toMatchObject({ code: "postgres.statement.timeout" });
  });

  test("is rejected through a pooler", async (context) => {
    await using pooler = await startOrSkip(context, () => startPgbouncer(server()));
    const { host, port } = pooler;
    await expect(ask(server(), { host, port })).rejects.toMatchObject({ code: "postgres.connection.pooler" });
  });

  test("is rejected through a pooler that passes all options to the server", async (context) => {
    const settings = ["ignore_startup_parameters = options", ""];
    await using pooler = await startOrSkip(context, () => startPgbouncer(server(), settings));
    const { host, port } = pooler;
    await expect(ask(server(), { host, port })).rejects.toMatchObject({ code: "postgres.connection.pooler" });
  });
});
