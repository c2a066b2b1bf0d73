import { readFile } from "node:fs/promises";
import {
  clearTextUser,
  md5User,
  superuserLogin,
  type PostgresAddress,
} from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { Client, escapeLiteral } from "pg";
import { expect, test } from "vitest";
import { ask } from "./testing/ask-server.ts";
import { makeSecretFile } from "./testing/secret-file.ts";

const secret = makeSecretFile();

async function withUsers(server: PostgresAddress, work: () => Promise<void>): Promise<void> {
  const superuser = new Client(await superuserLogin(server));
  await superuser.connect();
  const password = escapeLiteral((await readFile(secret.file, "utf8")).trim());
  try {
    await superuser.query(`create role ${clearTextUser} login password ${password}`);
    await superuser.query("set password_encryption = md5");
    await superuser.query(`create role ${md5User} login password ${password}`);
    await work();
  } finally {
    await superuser.query(`drop role if exists ${clearTextUser}, ${md5User}`);
    await superuser.end();
  }
}

describePostgres("a login by", (server) => {
  test.each([
    ["clear text", clearTextUser, "password"],
    ["MD5", md5User, "md5"],
  ])("%s needs TLS with a verified server, or `requireAuth`", async (_, user, method) => {
    await withUsers(server(), async () => {
      const login = { user, password: { file: secret.file } };
      const refused = { code: "postgres.login.method", hint: expect.stringContaining("`connection.requireAuth`") };
      await expect(ask(server(), login)).rejects.toMatchObject(refused);
      await expect(ask(server(), { ...login, sslmode: "require" })).rejects.toMatchObject(refused);
      const ca = server().certificates?.caFile ?? "";
      expect(await ask(server(), { ...login, host: "localhost", ca })).toEqual({ user, tls: true });
      expect(await ask(server(), { ...login, requireAuth: [method] })).toEqual({ user, tls: false });
    });
  });
});
