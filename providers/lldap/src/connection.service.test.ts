import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { startLldap } from "@nixops4-resources/integration-servers/lldap/lldap";
import { serverOf } from "@nixops4-resources/integration-servers/testing";
import { Deployment, type Message } from "@nixops4-resources/protocol-core/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { LldapBackend } from "./testing/backend.ts";
import { createUser, joinGroup } from "./testing/by-hand.ts";
import { canLogIn, changePassword } from "./testing/directory.ts";
import { fingerprintOf } from "./testing/fingerprint.ts";
import { main } from "./testing/main.ts";
import { describeLldap } from "./testing/suite.ts";

const password = "correct horse battery";
const environment = { PASSWORD: password, DEPLOYER: "the deployer's own password" };
const ada = { id: "ada", email: "ada@example.org", password: { env: "PASSWORD" } };

describeLldap("the connection", { environment }, (suite) => {
  test("a password that was changed at the server is an error that names account, source and remedy", async () => {
    const { error } = await suite()
      .connecting({ password: { env: "PASSWORD" } })
      .create("user", ada);
    expect(error).toContain("[lldap.login.refused]");
    expect(error).toContain("the password of admin from the environment variable PASSWORD");
    expect(error).toContain("force_ldap_user_pass_reset");
    expect(error?.match(/\[lldap/g)).toHaveLength(1);
  });

  test("an account without the rights gets an error with the group that it needs, and a reader may plan", async () => {
    await createUser(suite().server, { id: "deployer", email: "deployer@example.org" });
    await changePassword(suite().server, "deployer", environment.DEPLOYER);
    const limited = suite().connecting({ username: "deployer", password: { env: "DEPLOYER" } });
    expect((await limited.plan("user", ada)).error).toContain(
      "[lldap.account.rights] Unable to read user ada: the account deployer is not a member of lldap_strict_readonly",
    );
    await joinGroup(suite().server, "deployer", "lldap_strict_readonly");
    expect((await limited.plan("user", ada)).body).toMatchObject({ action: "create" });
    const { error } = await limited.create("user", ada);
    expect(error).toContain("[lldap.account.rights]");
    expect(error).toContain("lldap_admin");
  });

  test("a token that expires during a request is renewed once", async () => {
    await using proxy = await refusing(suite().server.httpPort, [3]);
    const via = suite().connecting({ url: `http://127.0.0.1:${proxy.port}` });
    expect((await via.create("user", ada)).outcome).toBe("created");
    expect(proxy.logins()).toBe(2);
  });

  test("a server that refuses the new token too is an error", async () => {
    await using proxy = await refusing(suite().server.httpPort, [2, 4]);
    const via = suite().connecting({ url: `http://127.0.0.1:${proxy.port}` });
    expect((await via.create("user", ada)).error).toContain("[http.login.refused]");
    expect(proxy.logins()).toBe(2);
  });

  test("another base DN than the directory's is an error, not a wrong password", async () => {
    const { error } = await suite().connecting({ baseDn: "dc=other,dc=org" }).create("user", ada);
    expect(error).toContain("[lldap.baseDn.wrong]");
    // The user exists by now, so that the next apply completes it.
    expect((await suite().deployment.create("user", ada)).outcome).toBe("updated");
    expect(await canLogIn(suite().server, "ada", password)).toBe(true);
  });

  test("upper case in the base DN is not sent", async () => {
    const { outputs } = await suite().connecting({ baseDn: "DC=Example,DC=com" }).create("user", ada);
    expect(outputs).toMatchObject({ dn: "uid=ada,ou=people,dc=example,dc=com" });
  });

  test.each([
    ["ldap://ldap.example.org:3890", "allowPlaintext"],
    ["ldaps://user@ldap.example.org", "an ldap or ldaps URL"],
    ["http://127.0.0.1", "an ldap or ldaps URL"],
  ])("the LDAP URL %s is rejected before a password is sent", async (url, words) => {
    const { error } = await suite().connecting({ ldap: { url } }).create("user", ada);
    expect(error).toContain("[protocol.inputs.invalid]");
    expect(error).toContain("connection.ldap.url");
    expect(error).toContain(words);
  });

  test("http to another machine is rejected before a password is sent", async () => {
    const { error } = await suite().connecting({ url: "http://lldap.example.org:17170" }).create("user", ada);
    expect(error).toContain("allowPlaintext");
  });

  test("an LDAP server that does not answer is an error that names its input", async () => {
    const { error } = await suite()
      .connecting({ ldap: { url: "ldap://127.0.0.1:1" } })
      .create("user", ada);
    expect(error).toContain("[lldap.ldap.unreachable]");
    expect(error).toContain("connection.ldap.url");
  });

  test("a web server in place of the LDAP server is an error", async () => {
    const { error } = await suite()
      .connecting({ ldap: { url: `ldap://127.0.0.1:${suite().server.httpPort}` } })
      .create("user", { ...ada, timeoutSeconds: 5 });
    expect(error).toMatch(/\[(lldap\.ldap\.unreachable|protocol\.timeout)\]/);
  });
});

describe("the LDAP connection over TLS", () => {
  const server = serverOf(() => startLldap({ ldaps: true }));
  let backend: LldapBackend;
  const apply = (tls: Message | null) =>
    new Deployment(
      main,
      { ...backend.connection, ldap: { url: `ldaps://127.0.0.1:${server().ldapsPort}`, tls } },
      environment,
    ).create("user", ada);
  beforeAll(async () => {
    backend = new LldapBackend(server());
    await backend.reset();
  });

  test("an unknown authority is rejected with the inputs that help", async () => {
    const { error } = await apply(null);
    expect(error).toContain("[tls.failed]");
    expect(error).toContain("connection.ldap.tls.caFile");
  });

  test("another pin is rejected", async () => {
    const { error } = await apply({ pins: ["00".repeat(32)] });
    expect(error).toContain("[tls.pin]");
    expect(error).toContain("connection.ldap.tls.pins");
  });

  test("the right authority is accepted, and so is the right pin", async () => {
    const { caFile } = server();
    expect((await apply({ caFile })).outcome).toBe("updated");
    expect(await canLogIn(server(), "ada", password)).toBe(true);
    await backend.reset();
    expect((await apply({ pins: [await fingerprintOf(server().ldapsPort)] })).outcome).toBe("created");
    expect(await canLogIn(server(), "ada", password)).toBe(true);
  });
});

/** A proxy that answers 401 to these requests, counted from 1, as lldap does with an expired token. */
async function refusing(
  target: number,
  calls: readonly number[],
): Promise<AsyncDisposable & { port: number; logins(): number }> {
  let count = 0;
  let logins = 0;
  const server: Server = createServer((incoming, outgoing) => {
    const pass = async (): Promise<void> => {
      const body = await buffer(incoming);
      count++;
      if (incoming.url === "/auth/simple/login") logins++;
      if (calls.includes(count)) {
        outgoing.writeHead(401, { "Content-Type": "text/plain; charset=utf-8" }).end("Expired JWT");
        return;
      }
      const { method, url: path, headers } = incoming;
      const sent = request({ host: "127.0.0.1", port: target, method, path, headers, agent: false }).end(body);
      const [answer]: IncomingMessage[] = await once(sent, "response");
      if (answer === undefined) throw new TypeError("A response without a message");
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers).end(await buffer(answer));
    };
    pass().catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
  return {
    port: address.port,
    logins: () => logins,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
