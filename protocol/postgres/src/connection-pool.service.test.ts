import { SharingProcess } from "@nixops4-resources/protocol-core/testing";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connectReader, connectWriter } from "./client.ts";
import type { WriteSession } from "./session.ts";
import { sql } from "./sql.ts";
import { parse, type Given } from "./testing/ask-server.ts";
import { makeSecretFile, type SecretFile } from "./testing/secret-file.ts";

describePostgres("a connection that a request gives back", (server) => {
  const [first, second] = [makeSecretFile("password of the first"), makeSecretFile("password of the second")];
  let ours: SharingProcess;
  beforeEach(() => void (ours = new SharingProcess()));
  afterEach(() => ours[Symbol.asyncDispose]());

  const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 30 };
  const pid = sql`select pg_backend_pid() as pid`;

  /** Runs work in a session of its own request. Returns the number of the server's process. */
  const use = (
    work: (session: WriteSession) => Promise<unknown> = async () => undefined,
    given: Given = {},
    more = {},
  ) =>
    ours.request(async () => {
      await using client = await connectWriter(parse(server(), given), { ...request, ...more });
      const session = await client.maintenance();
      const [row] = await session.query(pid);
      await work(session);
      return row?.["pid"];
    });

  const useAlone = async () => {
    await using client = await connectWriter(parse(server()), request);
    return (await (await client.maintenance()).query(pid))[0]?.["pid"];
  };

  test("is used by the next one, and by nobody in a process with one request", async () => {
    expect(await use()).toBe(await use());
    expect(await useAlone()).not.toBe(await useAlone());
  });

  test("keeps nothing of the session before: settings, role, locks, temporary tables, transactions", async () => {
    const before = await use(async (session) => {
      await session.query(sql`set search_path = public; set role pg_monitor; set statement_timeout = '7s'`);
      await session.query(sql`create temporary table leftover (); select pg_advisory_lock(4711)`);
    });
    const after = await use(async (session) => {
      expect(
        await session.query(sql`
          select current_setting('search_path') as path, current_user = session_user as "isItself",
            current_setting('statement_timeout') as timeout, to_regclass('pg_temp.leftover') as leftover,
            (select count(*)::int from pg_locks where locktype = 'advisory' and objid = 4711) as locks`),
      ).toEqual([{ path: "", isItself: true, timeout: "30s", leftover: null, locks: 0 }]);
    });
    expect(after).toBe(before);
    const inTransaction = await use((session) => session.query(sql`begin`));
    expect(await use()).not.toBe(inTransaction);
  });

  test.each<[string, (session: WriteSession) => Promise<unknown>]>([
    ["a statement failed", (session) => session.query(sql`select 1 / 0`)],
    [
      "a rollback failed",
      (session) => session.transaction(() => session.query(sql`select pg_terminate_backend(pg_backend_pid())`)),
    ],
  ])("is closed if %s in it", async (_what, fail) => {
    const failed = await use((session) => fail(session).catch(() => undefined));
    expect(await use()).not.toBe(failed);
  });

  test("is closed if its request was aborted, and the next request is not affected", async () => {
    const overtime = new AbortController();
    const aborted = await use(
      async (session) => {
        setTimeout(() => overtime.abort(), 50);
        await session.query(sql`select pg_sleep(60)`).catch(() => undefined);
      },
      {},
      { signal: overtime.signal },
    );
    const other = await use();
    expect(other).not.toBe(aborted);
    overtime.abort();
    expect(await use()).toBe(other);
  });

  test("is not used if the server has closed it meanwhile", async () => {
    const closed = await use();
    await using other = await connectWriter(parse(server()), request);
    await (await other.maintenance()).query(sql`select pg_terminate_backend(${Number(closed)})`);
    expect(await use()).not.toBe(closed);
  });

  test("belongs to its credentials, access, user and settings: two deployments side by side never meet", async () => {
    await using admin = await connectWriter(parse(server()), request);
    const session = await admin.maintenance();
    await session.query(sql`
      create role pooled_first login password 'password of the first';
      create role pooled_second login password 'password of the second'`);
    try {
      const whoever = (user: string, password: SecretFile) =>
        use(
          async (own) => {
            expect(await own.query(sql`select session_user::text as "user"`)).toEqual([{ user }]);
          },
          { user, password: { file: password.file } },
        );
      const rounds = Array.from({ length: 20 }, () => [
        whoever("pooled_first", first),
        whoever("pooled_second", second),
        use(),
      ]);
      await Promise.all(rounds.flat());
      // The right user with a wrong password gets nothing, although a connection is there.
      await expect(whoever("pooled_first", second)).rejects.toMatchObject({ code: "postgres.login.refused" });
      const reading = await ours.request(async () => {
        await using client = await connectReader(parse(server()), request);
        return (await (await client.maintenance()).query(pid))[0]?.["pid"];
      });
      expect(reading).not.toBe(await use());
    } finally {
      await ours[Symbol.asyncDispose]();
      await session.query(sql`drop role pooled_first, pooled_second`);
    }
  });

  test("is kept for the maintenance database only, and 8 of them at a time", async () => {
    await using admin = await connectWriter(parse(server()), request);
    const count = async () => {
      const [row] = await (
        await admin.maintenance()
      ).query(sql`select count(*)::int as kept from pg_stat_activity
                  where application_name = 'nixops4-resources' and state = 'idle'`);
      return row?.["kept"];
    };
    const elsewhere = ours.request(async () => {
      await using client = await connectWriter(parse(server()), request);
      return await (await client.on("template1")).query(sql`select pg_sleep(0.1)`);
    });
    await Promise.all([
      elsewhere,
      ...Array.from({ length: 30 }, () => use((own) => own.query(sql`select pg_sleep(0.05)`))),
    ]);
    await expect.poll(count).toBeLessThanOrEqual(8);
    await ours[Symbol.asyncDispose]();
    await expect.poll(count).toBe(0);
  });
});
