import { connect as connectSocket, createServer } from "node:net";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { startPgbouncer } from "@nixops4-resources/integration-servers/postgres/pgbouncer";
import {
  certifiedUser,
  superuserLogin,
  trustedUser,
  type PostgresAddress,
} from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres, startOrSkip } from "@nixops4-resources/integration-servers/testing";
import { Client, escapeLiteral } from "pg";
import { describe, expect, test } from "vitest";
import { connectReader, connectWriter, type PostgresReader } from "./client.ts";
import { connection, type Connection } from "./connection.ts";
import { ownLogin } from "./login.ts";
import { scramVerifier } from "./scram/scram.ts";
import { openWriteSession } from "./session.ts";
import { sql, type Sql } from "./sql.ts";
import { makeSecretFile } from "./testing/secret-file.ts";

type Given = Partial<Record<keyof Connection, unknown>>;

function open(
  server: PostgresAddress,
  given: Given = {},
  signal = AbortSignal.timeout(30_000),
): Promise<PostgresReader> {
  return connectReader(parse(server, given), { signal, timeoutSeconds: 30 });
}

function parse({ host, port, user, passwordFile }: PostgresAddress, given: Given = {}): Connection {
  return connection.parse({ host, port, user, password: { file: passwordFile }, ...given });
}

/** The answer of one query in the maintenance database. */
async function ask(server: PostgresAddress, given: Given = {}, question: Sql = who): Promise<unknown> {
  await using client = await open(server, given);
  const [row] = await (await client.maintenance()).query(question);
  return row;
}

const who = sql`select current_user::text as "user", (select ssl from pg_stat_ssl where pid = pg_backend_pid()) as tls`;

/** The certificates of a server that has some; those of the test run do. */
function certificatesOf({ certificates }: PostgresAddress): NonNullable<PostgresAddress["certificates"]> {
  if (certificates === null) throw new Error("The server has no certificates.");
  return certificates;
}

describePostgres("a connection", (server) => {
  const [wrong, crowd] = [makeSecretFile(), makeSecretFile()];

  describe("over TLS", () => {
    test("knows the server by authority and name", async () => {
      const ca = certificatesOf(server()).caFile;
      expect(await ask(server(), { host: "localhost", ca })).toEqual({ user: "postgres", tls: true });
    });

    test("refuses a server that is not called so, unless only the authority counts", async () => {
      const ca = certificatesOf(server()).caFile;
      await using other = await listenElsewhere(server());
      await expect(ask(server(), { ...other.address, ca })).rejects.toMatchObject({
        code: "tls.failed",
        hint: expect.stringContaining("`connection.host`"),
      });
      expect(await ask(server(), { ...other.address, ca, sslmode: "verify-ca" })).toMatchObject({ tls: true });
    });

    test("refuses an authority that nobody has named, and another one", async () => {
      const unknown = { code: "tls.failed", hint: expect.stringContaining("`connection.ca`") };
      await expect(ask(server(), { sslmode: "verify-full" })).rejects.toMatchObject(unknown);
      const ca = certificatesOf(server()).clientCertificateFile;
      await expect(ask(server(), { host: "localhost", ca })).rejects.toMatchObject(unknown);
      await expect(ask(server(), { sslmode: "verify-ca", ca })).rejects.toMatchObject(unknown);
    });

    test("does without knowing the server where that is asked for", async () => {
      expect(await ask(server(), { sslmode: "require" })).toMatchObject({ tls: true });
    });

    test("proves who we are by a certificate", async () => {
      const { caFile: ca, clientCertificateFile: certificate, clientKeyFile } = certificatesOf(server());
      const given = { host: "localhost", ca, user: certifiedUser, password: null };
      const clientCertificate = { certificate, key: { file: clientKeyFile } };
      expect(await ask(server(), { ...given, clientCertificate })).toEqual({ user: certifiedUser, tls: true });
      await expect(ask(server(), given)).rejects.toMatchObject({ code: "postgres.login.refused" });
      const missing = { ...clientCertificate, certificate: "/nowhere/client.crt" };
      await expect(ask(server(), { ...given, clientCertificate: missing })).rejects.toMatchObject({
        code: "tls.file",
        hint: expect.stringContaining("`connection.clientCertificate.certificate`"),
      });
    });
  });

  test("over a Unix socket needs neither TLS nor, where the server says so, a password", async () => {
    const given = { host: server().socketDirectory, user: trustedUser, password: null };
    expect(await ask(server(), given)).toEqual({ user: trustedUser, tls: false });
  });

  test.each<[string, Given, string]>([
    ["where nothing listens", { port: 1 }, "postgres.connection.unreachable"],
    ["where there is no host", { host: "nowhere.invalid" }, "postgres.connection.unreachable"],
    ["where there is no socket", { host: "/nowhere" }, "postgres.connection.unreachable"],
    ["with a wrong password", { password: { file: wrong.file } }, "postgres.login.refused"],
    ["without the password that is asked for", { password: null }, "postgres.login.refused"],
    ["as somebody unknown", { user: "nobody-at-all" }, "postgres.login.refused"],
    ["to a database that is not there", { database: "nowhere" }, "postgres.database.missing"],
  ])("%s is an error that says what to do", async (_, given, code) => {
    await expect(ask(server(), given)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w/) });
  });

  test("takes nothing from the environment that libpq would", async () => {
    process.env["PGPASSWORD"] = "from the environment";
    process.env["PGOPTIONS"] = "-c statement_timeout=1";
    try {
      expect(await ask(server(), {}, sql`show statement_timeout`)).toEqual({ statement_timeout: "30s" });
      await expect(ask(server(), { password: null })).rejects.toMatchObject({ code: "postgres.login.refused" });
    } finally {
      delete process.env["PGPASSWORD"];
      delete process.env["PGOPTIONS"];
    }
  });

  test("for looking only is one that the server itself keeps from writing", async () => {
    await expect(ask(server(), {}, sql`create role by_a_reader`)).rejects.toThrow(/read-only transaction/);
  });

  test("says who it is, has UTF-8, and finds nothing that is not PostgreSQL's own", async () => {
    const settings = sql`select current_setting('application_name') as name, current_setting('client_encoding') as encoding,
                                current_setting('search_path') as path`;
    expect(await ask(server(), {}, settings)).toEqual({
      name: "nixops4-resources",
      encoding: "UTF8",
      path: "",
    });
  });

  test("passes bytes on as they are", async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
    expect(await ask(server(), {}, sql`select ${bytes} as bytes`)).toEqual({ bytes });
    const nonconforming = sql`set standard_conforming_strings = off; select ${bytes} as bytes`;
    expect(await ask(server(), {}, nonconforming)).toEqual({ bytes });
  });

  test("that lives long has a name, settings and a pulse of its own", async () => {
    const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 30 };
    const login = await ownLogin(parse(server()), "postgres", "write", request);
    const settings = { idle_session_timeout: 0, datestyle: "SQL, DMY" };
    await using session = await openWriteSession({
      ...login,
      session: { application: "a name", keepAlive: true, settings },
    });
    const [row] = await session.query(sql`
      select current_setting('application_name') as name, current_setting('idle_session_timeout') as idle,
        current_setting('datestyle') as style, current_setting('tcp_keepalives_idle') as pulse`);
    expect(row).toEqual({ name: "a name", idle: "0", style: "SQL, DMY", pulse: "60" });
  });

  test("ends at once when the request's time is over, and its session with it", async () => {
    const overtime = new AbortController();
    await using client = await open(server(), {}, overtime.signal);
    const session = await client.maintenance();
    const sleeping = session.query(sql`select pg_sleep(60)`);
    const started = performance.now();
    overtime.abort();
    await expect(sleeping).rejects.toMatchObject({ code: "postgres.connection.closed" });
    expect(performance.now() - started, "milliseconds").toBeLessThan(1000);
  });

  test("is cut by the server when a statement or a lock takes too long", async () => {
    const whole = parse(server());
    const request = { signal: AbortSignal.timeout(30_000), timeoutSeconds: 1 };
    await using holder = await connectWriter(whole, request);
    await using waiter = await connectWriter(whole, request);
    await (await holder.maintenance()).query(sql`select pg_advisory_lock(1)`);
    const waiting = await waiter.maintenance();
    await expect(waiting.query(sql`select pg_advisory_lock(1)`)).rejects.toMatchObject({
      code: "postgres.lock.timeout",
    });
    await expect(waiting.query(sql`select pg_sleep(5)`)).rejects.toMatchObject({ code: "postgres.statement.timeout" });
  });

  test("waits for a place where there are too many connections", async () => {
    const superuser = new Client(await superuserLogin(server()));
    await superuser.connect();
    const verifier = escapeLiteral(await scramVerifier(crowd.value));
    await superuser.query(`create role crowded login connection limit 1 password ${verifier}`);
    const crowded = { user: "crowded", password: { file: crowd.file } };
    try {
      await using first = await open(server(), crowded);
      await first.maintenance();
      const patient = ask(server(), crowded);
      // Long enough to have been refused more than once.
      await setTimeout(500);
      await first[Symbol.asyncDispose]();
      expect(await patient).toMatchObject({ user: "crowded" });
    } finally {
      await superuser.query("drop role crowded");
      await superuser.end();
    }
  });

  test("through a pooler is refused", async (context) => {
    await using pooler = await startOrSkip(context, () => startPgbouncer(server()));
    const { host, port } = pooler;
    await expect(ask(server(), { host, port })).rejects.toMatchObject({ code: "postgres.connection.pooler" });
  });

  test("through a pooler that passes all options on is refused, too", async (context) => {
    const settings = ["ignore_startup_parameters = options", ""];
    await using pooler = await startOrSkip(context, () => startPgbouncer(server(), settings));
    const { host, port } = pooler;
    await expect(ask(server(), { host, port })).rejects.toMatchObject({ code: "postgres.connection.pooler" });
  });
});

/** The same server at an address that its certificate does not have. */
async function listenElsewhere(
  server: PostgresAddress,
): Promise<AsyncDisposable & { address: { host: string; port: number } }> {
  const listener = createServer((client) => {
    const upstream = connectSocket(server);
    client.on("error", () => upstream.destroy()).pipe(upstream);
    upstream.on("error", () => client.destroy()).pipe(client);
  });
  listener.listen(0, "127.0.0.2");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("It does not listen.");
  const { address: host, port } = address;
  return { address: { host, port }, [Symbol.asyncDispose]: async () => void listener.close() };
}
