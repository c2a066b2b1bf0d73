import { connect as connectSocket, createServer } from "node:net";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import {
  certifiedUser,
  superuserLogin,
  trustedUser,
  type PostgresAddress,
} from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client, escapeLiteral } from "pg";
import { describe, expect, test } from "vitest";
import { scramVerifier } from "./scram/scram.ts";
import { sql } from "./sql.ts";
import { ask, open, type Given } from "./testing/ask-server.ts";
import { makeSecretFile } from "./testing/secret-file.ts";

/** The server's certificates, which every server of the test run has. */
function certificatesOf({ certificates }: PostgresAddress): NonNullable<PostgresAddress["certificates"]> {
  if (certificates === null) throw new Error("The server has no certificates.");
  return certificates;
}

describePostgres("a connection", (server) => {
  const [wrong, crowd] = [makeSecretFile(), makeSecretFile()];

  describe("over TLS", () => {
    test("verifies the server's authority and name", async () => {
      const ca = certificatesOf(server()).caFile;
      expect(await ask(server(), { host: "localhost", ca })).toEqual({ user: "postgres", tls: true });
    });

    test("rejects a server with another name, except with `verify-ca`", async () => {
      const ca = certificatesOf(server()).caFile;
      await using other = await forwardFromOtherAddress(server());
      await expect(ask(server(), { ...other.address, ca })).rejects.toMatchObject({
        code: "tls.failed",
        hint: expect.stringContaining("`connection.host`"),
      });
      expect(await ask(server(), { ...other.address, ca, sslmode: "verify-ca" })).toMatchObject({ tls: true });
    });

    test("rejects an unknown authority", async () => {
      const unknown = { code: "tls.failed", hint: expect.stringContaining("`connection.ca`") };
      await expect(ask(server(), { sslmode: "verify-full" })).rejects.toMatchObject(unknown);
      const ca = certificatesOf(server()).clientCertificateFile;
      await expect(ask(server(), { host: "localhost", ca })).rejects.toMatchObject(unknown);
      await expect(ask(server(), { sslmode: "verify-ca", ca })).rejects.toMatchObject(unknown);
    });

    test("does not verify the server with `require`", async () => {
      expect(await ask(server(), { sslmode: "require" })).toMatchObject({ tls: true });
    });

    test("authenticates with a client certificate", async () => {
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

  test("over a Unix socket needs no TLS, and no password if the server asks for none", async () => {
    const given = { host: server().socketDirectory, user: trustedUser, password: null };
    expect(await ask(server(), given)).toEqual({ user: trustedUser, tls: false });
  });

  test.each<[string, Given, string]>([
    ["to a port where nothing listens", { port: 1 }, "postgres.connection.unreachable"],
    ["to an unknown host", { host: "nowhere.invalid" }, "postgres.connection.unreachable"],
    ["to a missing socket", { host: "/nowhere" }, "postgres.connection.unreachable"],
    ["with a wrong password", { password: { file: wrong.file } }, "postgres.login.refused"],
    ["without a required password", { password: null }, "postgres.login.refused"],
    ["as an unknown user", { user: "nobody-at-all" }, "postgres.login.refused"],
    ["to a missing database", { database: "nowhere" }, "postgres.database.missing"],
  ])("%s fails with a hint", async (_, given, code) => {
    await expect(ask(server(), given)).rejects.toMatchObject({ code, hint: expect.stringMatching(/\w/) });
  });

  test("ignores the environment variables of libpq", async () => {
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

  test("retries while the server has too many connections", async () => {
    const superuser = new Client(await superuserLogin(server()));
    await superuser.connect();
    const verifier = escapeLiteral(await scramVerifier(crowd.value));
    await superuser.query(`create role crowded login connection limit 1 password ${verifier}`);
    const crowded = { user: "crowded", password: { file: crowd.file } };
    try {
      await using first = await open(server(), crowded);
      await first.maintenance();
      const retrying = ask(server(), crowded);
      // Long enough for more than one rejected login.
      await setTimeout(500);
      await first[Symbol.asyncDispose]();
      expect(await retrying).toMatchObject({ user: "crowded" });
    } finally {
      await superuser.query("drop role crowded");
      await superuser.end();
    }
  });
});

/** Forwards to the server from an address that its certificate does not contain. */
async function forwardFromOtherAddress(
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
  if (address === null || typeof address === "string") throw new Error("The listener has no address.");
  const { address: host, port } = address;
  return { address: { host, port }, [Symbol.asyncDispose]: async () => void listener.close() };
}
