import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { Client, type ClientConfig } from "pg";
import { expect, test, vi } from "vitest";
import { certifiedUser, superuserLogin, trustedUser, type PostgresAddress } from "./postgres.ts";
import { describePostgres } from "../testing.ts";

async function ask(login: ClientConfig, question: string): Promise<unknown> {
  const client = new Client(login);
  await client.connect();
  try {
    const { rows } = await client.query<{ answer: unknown }>(`select ${question} as answer`);
    return rows[0]?.answer;
  } finally {
    await client.end();
  }
}

describePostgres("a throw-away server", (server) => {
  test("has the requested version", async () => {
    expect(await ask(await superuserLogin(server()), "current_setting('server_version')")).toMatch(
      new RegExp(`^${server().version}\\.`),
    );
  });

  test("accepts only the superuser's password, which only we can read", async () => {
    const login = await superuserLogin(server());
    expect(await ask(login, "current_setting('is_superuser')")).toBe("on");
    await expect(ask({ ...login, password: "wrong" }, "1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("stores passwords as SCRAM verifiers", async () => {
    expect(
      await ask(await superuserLogin(server()), "(select rolpassword from pg_authid where rolname = 'postgres')"),
    ).toMatch(/^SCRAM-SHA-256\$/);
  });

  test("supports TLS as localhost, with its own certificate authority", async () => {
    const ca = await readFile(server().certificates?.caFile ?? "", "utf8");
    const login = { ...(await superuserLogin(server())), host: "localhost", ssl: { ca } };
    expect(await ask(login, "(select ssl from pg_stat_ssl where pid = pg_backend_pid())")).toBe(true);
    await expect(ask({ ...login, ssl: {} }, "1")).rejects.toThrow(/certificate/);
  });

  test("accepts a client certificate instead of a password, only over TLS", async () => {
    const { host, port, certificates } = server();
    const login = { host, port, user: certifiedUser, database: "postgres" };
    const ssl = {
      ca: await readFile(certificates?.caFile ?? "", "utf8"),
      cert: await readFile(certificates?.clientCertificateFile ?? "", "utf8"),
      key: await readFile(certificates?.clientKeyFile ?? "", "utf8"),
    };
    expect(await ask({ ...login, ssl }, "current_user")).toBe(certifiedUser);
    await expect(ask({ ...login, ssl: { ca: ssl.ca } }, "1")).rejects.toMatchObject({ code: "28000" });
    await expect(ask({ ...login, password: "none", ssl: false }, "1")).rejects.toMatchObject({ code: "28P01" });
  });

  test("accepts one user without a password on its Unix socket", async () => {
    const { socketDirectory, port } = server();
    const login = { host: socketDirectory, port, user: trustedUser, database: "postgres" };
    expect(await ask(login, "inet_client_addr() is null")).toBe(true);
  });

  test("logs a statement with its user, database and application before it answers", async () => {
    await ask({ ...(await superuserLogin(server())), application_name: "a-test" }, "'to be found in the log'");
    expect(await readFile(server().logFile, "utf8")).toMatch(
      /user=postgres,db=postgres,app=a-test LOG:  statement: select 'to be found in the log' as answer/,
    );
  });

  test("has the contrib extensions that the applications need", async () => {
    const wanted = "array['citext', 'hstore', 'pg_trgm', 'pgcrypto', 'unaccent']";
    const missing = `array(select unnest(${wanted}) except select name from pg_available_extensions)`;
    expect(await ask(await superuserLogin(server()), missing)).toEqual([]);
  });

  test("ends, and its folder is removed, when the program that started it is killed", async () => {
    const postgres = JSON.stringify(import.meta.resolve("./postgres.ts"));
    const { stdout, signal } = spawnSync(
      process.execPath,
      [
        "--input-type=module",
        "--eval",
        `import { startPostgres } from ${postgres};
         const { address } = await startPostgres({ version: ${server().version} });
         process.stdout.write(JSON.stringify(address), () => process.kill(process.pid, "SIGKILL"));`,
      ],
      { encoding: "utf8" },
    );
    expect(signal).toBe("SIGKILL");
    const { port, socketDirectory }: PostgresAddress = JSON.parse(stdout);
    await vi.waitFor(() => expect(existsSync(socketDirectory)).toBe(false), 5000);
    await expect(ask({ host: "127.0.0.1", port, user: "postgres" }, "1")).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});
