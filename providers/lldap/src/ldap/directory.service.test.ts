import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSlapd } from "@nixops4-resources/integration-servers/slapd";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Client } from "ldapts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection } from "../connection.ts";
import { canBind, setPassword } from "./directory.ts";

const baseDn = "dc=example,dc=com";
const rootDn = `uid=admin,ou=people,${baseDn}`;
const rootPassword = "administrator";

/** OpenLDAP reads the bytes of RFC 3062's request independently of lldap and of its emulator. */
describe("an LDAP server that is not lldap", () => {
  const server = serverOf(() => startSlapd({ baseDn, rootDn, rootPassword }));
  const { signal } = new AbortController();
  let connection: Connection;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "nixops4-lldap-slapd-"));
    const file = join(folder, "password");
    await writeFile(file, rootPassword, { mode: 0o600 });
    const { url } = server();
    connection = {
      url: "https://lldap.example.org",
      tls: null,
      allowPlaintext: false,
      username: "admin",
      password: { file },
      baseDn,
      ldap: { url, tls: null },
    };
    const client = new Client({ url });
    await client.bind(rootDn, rootPassword);
    await client.add(baseDn, { objectClass: ["dcObject", "organization"], dc: "example", o: "Example" });
    await client.add(`ou=people,${baseDn}`, { objectClass: ["organizationalUnit"], ou: "people" });
    await client.add(`uid=ada,ou=people,${baseDn}`, {
      objectClass: ["inetOrgPerson"],
      uid: "ada",
      cn: "Ada",
      sn: "King",
    });
    await client.unbind();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([["plain"], ["ünïcödé ✓ 密码"], ["with spaces and \" ' \\ , = +"], ["x".repeat(300)]])(
    "gets the password %j as it is",
    async (password) => {
      await setPassword(connection, signal, "ada", password);
      expect(await canBind(connection, signal, "ada", password)).toBe(true);
      expect(await canBind(connection, signal, "ada", `${password} `)).toBe(false);
    },
  );

  test("answers that a user is missing with an error", async () => {
    await expect(setPassword(connection, signal, "nobody", "plain")).rejects.toMatchObject({
      code: "lldap.ldap.failed",
    });
  });
});
