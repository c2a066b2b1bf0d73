import { expect, test } from "vitest";
import { LldapReader } from "../graphql/reader.ts";
import { passwordModifyRequest } from "../ldap/password-modify.ts";
import type { Account } from "./account.ts";
import { passwordNeed } from "./password.ts";

const connection = {
  url: "http://127.0.0.1:1",
  tls: null,
  allowPlaintext: false,
  username: "admin",
  password: { env: "ADMIN" },
  baseDn: "dc=example,dc=com",
  ldap: null,
};
const account: Account = {
  type: "user",
  connection,
  managedBy: "shop",
  id: "ada",
  email: "ada@example.org",
  displayName: null,
  firstName: null,
  lastName: null,
  avatarFile: null,
  attributes: {},
  groups: [],
  password: { env: "PASSWORD" },
  passwordMode: "initial",
  disabled: false,
  allowAdmin: false,
};

test.each([
  ["`passwordMode", account],
  ["`disabled`", { ...account, passwordMode: "enforce", disabled: true } as const],
])("%s needs a server that says when a password was changed, which lldap 0.6.3 does", async (input, wanted) => {
  const { signal } = new AbortController();
  await using client = new LldapReader(connection, { signal, timeoutSeconds: 1, needsSecrets: true });
  const user = { id: "ada", uuid: "", attributes: [{ name: "creation_date", value: ["2026-01-01"] }], groups: [] };
  await expect(passwordNeed(client, wanted, user, { groups: [], attributes: [] })).rejects.toMatchObject({
    code: "lldap.version.unsupported",
    message: expect.stringMatching(new RegExp(`^${input}.*requires lldap 0\\.6\\.3`)),
  });
});

test("a request that sets a password does not print it, as the library does with NODE_DEBUG", () => {
  expect(JSON.stringify({ value: passwordModifyRequest("uid=ada", "very secret") })).toBe('{"value":"[secret]"}');
});
