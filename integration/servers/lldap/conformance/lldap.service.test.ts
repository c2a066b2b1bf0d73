import { request } from "node:http";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { Entries } from "../entries.ts";
import { LdapCalls } from "../ldap-calls.ts";
import { startLldap, whatAnswers } from "../lldap.ts";
import { serverOf, startOrSkip } from "../../testing.ts";

describe(`HTTP of ${whatAnswers}`, () => {
  const server = serverOf(startLldap);

  interface Sent {
    readonly method?: string;
    readonly token?: string | null;
    readonly type?: string;
    readonly body?: string;
  }

  async function send(path: string, { method = "POST", token = null, type = "application/json", body }: Sent = {}) {
    const headers = { "Content-Type": type, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${server().url}${path}`, { method, headers, ...(body === undefined ? {} : { body }) });
    const contentType = answer.headers.get("content-type") ?? "";
    return { status: answer.status, text: await answer.text(), contentType };
  }

  const credentials = (password = server().password): string =>
    JSON.stringify({ username: server().username, password });

  const loginAnswer = z.object({ token: z.string(), refreshToken: z.string() });
  const logIn = async (): Promise<z.output<typeof loginAnswer>> =>
    loginAnswer.parse(JSON.parse((await send("/auth/simple/login", { body: credentials() })).text));

  const apiVersion = JSON.stringify({ query: "{ apiVersion }" });

  test("answers /health without a login, and 404 for a path that it does not have", async () => {
    expect(await send("/health", { method: "GET" })).toMatchObject({ status: 200, text: "" });
    expect(await send("/nothing", { method: "GET" })).toMatchObject({ status: 404 });
    expect(await send("/api/nothing", { method: "GET" })).toMatchObject({ status: 404 });
  });

  test("answers another method of a known path with 405", async () => {
    expect(await send("/auth/simple/login", { method: "GET" })).toMatchObject({ status: 405 });
    expect(await send("/api/graphql", { method: "PUT", body: "{}" })).toMatchObject({ status: 405 });
  });

  test("rejects a wrong password and an unknown user with 401 and the same text", async () => {
    const wrong = await send("/auth/simple/login", { body: credentials("wrong") });
    const ghost = await send("/auth/simple/login", { body: JSON.stringify({ username: "ghost", password: "wrong" }) });
    expect(wrong).toMatchObject({ status: 401, text: `\`Authentication error for user "${server().username}"\`` });
    expect(ghost).toMatchObject({ status: 401, text: '`Authentication error for user "ghost"`' });
  });

  test("accepts a user name in any case of letters", async () => {
    const body = JSON.stringify({ username: server().username.toUpperCase(), password: server().password });
    expect(await send("/auth/simple/login", { body })).toMatchObject({ status: 200, contentType: "application/json" });
  });

  test.each([
    ["without a password", '{"username":"admin"}', "application/json"],
    ["that is no JSON", "{", "application/json"],
    ["of another type", '{"username":"admin","password":"x"}', "text/plain"],
  ])("rejects a login %s with 400", async (_, body, type) => {
    expect(await send("/auth/simple/login", { body, type })).toMatchObject({ status: 400 });
  });

  test("rejects GraphQL without a token with 401 and no text", async () => {
    expect(await send("/api/graphql", { body: apiVersion })).toMatchObject({ status: 401, text: "" });
  });

  test("rejects a token that it did not issue with 401 and a text", async () => {
    const { token } = await logIn();
    for (const wrong of ["x", `${token.slice(0, -4)}AAAA`]) {
      expect(await send("/api/graphql", { body: apiVersion, token: wrong })).toMatchObject({
        status: 401,
        text: "Invalid JWT",
      });
    }
  });

  test("issues a token of 24 hours with the groups of its user", async () => {
    const [, payload = ""] = (await logIn()).token.split(".");
    const claims = z
      .object({ exp: z.number(), iat: z.number(), user: z.string(), groups: z.array(z.string()) })
      .parse(JSON.parse(Buffer.from(payload, "base64url").toString()));
    expect(claims.exp - claims.iat).toBe(24 * 60 * 60);
    expect(claims).toMatchObject({ user: server().username, groups: ["lldap_admin"] });
  });

  test("rejects all tokens of a user after a logout, for which nobody needs a password", async () => {
    const [one, other] = [await logIn(), await logIn()];
    await fetch(`${server().url}/auth/logout`, { headers: { "refresh-token": `guessed+${server().username}` } });
    for (const { token } of [one, other]) {
      expect(await send("/api/graphql", { body: apiVersion, token })).toMatchObject({
        status: 401,
        text: "JWT was logged out",
      });
    }
    expect(await server().graphql("{ apiVersion }"), "after a new login").toEqual({ apiVersion: "1.0" });
  });

  test("refreshes a token for its user", async () => {
    const { refreshToken } = await logIn();
    const refresh = async (sent: string): Promise<number> =>
      (await fetch(`${server().url}/auth/refresh`, { headers: { "refresh-token": sent } })).status;
    expect(await refresh(refreshToken)).toBe(200);
    expect(await refresh(`guessed+${server().username}`)).toBe(401);
  });

  test.each([
    ["a syntax error", "{"],
    ["an unknown field", "{ nothing }"],
    ["an unknown member of an input", 'mutation { createUser(user: { id: "x", nothing: 1 }) { id } }'],
    ["a missing argument", "{ user { id } }"],
    ["an integer of more than 32 bits", "{ group(groupId: 3000000000) { id } }"],
    ["a variable without a value", "query ($id: String!) { user(userId: $id) { id } }"],
    ["two operations without a name", "query a { apiVersion } query b { apiVersion }"],
  ])("rejects %s with 400 and errors without data", async (_, query) => {
    const { token } = await logIn();
    const answer = await send("/api/graphql", { body: JSON.stringify({ query }), token });
    expect(answer).toMatchObject({ status: 400, contentType: "application/json" });
    expect(JSON.parse(answer.text)).toEqual({ errors: [expect.objectContaining({ message: expect.any(String) })] });
  });

  test("answers an operation that fails with 200, null as data, and a message without a code", async () => {
    const { token } = await logIn();
    const body = JSON.stringify({ query: '{ user(userId: "ghost") { id } }' });
    const answer = await send("/api/graphql", { body, token });
    expect(answer).toMatchObject({ status: 200, contentType: "application/json" });
    expect(JSON.parse(answer.text)).toEqual({
      data: null,
      errors: [{ message: "Entity not found: `ghost`", locations: [{ line: 1, column: 3 }], path: ["user"] }],
    });
  });

  test("rejects a body that is no JSON of GraphQL with 400 and a text", async () => {
    const { token } = await logIn();
    for (const body of ["{", "{}", "[]"]) {
      expect(await send("/api/graphql", { body, token })).toMatchObject({
        status: 400,
        contentType: "text/plain; charset=utf-8",
      });
    }
    expect(await send("/api/graphql", { body: apiVersion, token, type: "text/plain" })).toMatchObject({ status: 400 });
  });

  test("accepts a body of 15 MiB, and rejects one of 17 MiB with 413 before it has read it", async () => {
    const { token } = await logIn();
    const large = JSON.stringify({ query: "{ apiVersion }", unknown: "x".repeat(15 * 1024 * 1024) });
    expect(await send("/api/graphql", { body: large, token })).toMatchObject({ status: 200 });
    const { hostname, port } = new URL(server().url);
    const sent = request({
      hostname,
      port,
      method: "POST",
      path: "/api/graphql",
      headers: {
        Authorization: `Bearer ${token}`,
        "Content-Type": "application/json",
        "Content-Length": 17 * 1024 * 1024,
      },
      agent: false,
    });
    sent.on("error", () => undefined).write("{");
    const [answer] = await once(sent, "response");
    expect(answer.statusCode).toBe(413);
    sent.destroy();
  });
});

test(`LDAPS of ${whatAnswers} is recognized by its authority`, async (context) => {
  await using server = await startOrSkip(context, () => startLldap({ ldaps: true }));
  await using ldap = new LdapCalls(`ldaps://localhost:${server.ldapsPort}`, readFileSync(server.caFile, "utf8"));
  await ldap.bind(`uid=${server.username},ou=people,${server.baseDn}`, server.password);
  await using stranger = new LdapCalls(`ldaps://localhost:${server.ldapsPort}`);
  await expect(stranger.bind("", "")).rejects.toThrow(/certificate/);
});

describe("the emulator", () => {
  test("lets a token expire, after which the administrator logs in again", async (context) => {
    await using server = await startOrSkip(context, () => startLldap({ tokenSeconds: 3 }));
    await server.graphql("{ apiVersion }");
    await new Promise((resolve) => setTimeout(resolve, 4100));
    expect(await server.graphql("{ apiVersion }")).toEqual({ apiVersion: "1.0" });
    expect((await server.log()).match(/\/api\/graphql 401/g)).toHaveLength(1);
  });

  test.runIf(whatAnswers === "the emulator")("logs who sends what, and no secret", async (context) => {
    await using server = await startOrSkip(context, startLldap);
    const entries = new Entries(server);
    const bob = await entries.createAccount("bob", "secret of bob");
    await bob.graphql('mutation Rename { updateUser(user: { id: "bob", displayName: "Bob" }) { ok } }');
    await expect(bob.graphql("{ users { id } }")).rejects.toThrow("Unauthorized");
    const log = await server.log();
    expect(log).toContain("http POST /api/graphql 200 admin: mutation createUser\n");
    expect(log).toContain("ldap admin: extended 1.3.6.1.4.1.4203.1.11.1: 0\n");
    expect(log).toContain("http POST /api/graphql 200 bob: mutation updateUser\n");
    expect(log).toContain("http POST /api/graphql 200 bob: query users, failed\n");
    for (const secret of [server.password, "secret of bob", await bob.token()]) expect(log).not.toContain(secret);
  });

  test.runIf(whatAnswers === "the emulator")(
    "rejects several mutations in one request, which lldap runs at the same time",
    async (context) => {
      await using server = await startOrSkip(context, startLldap);
      await expect(
        server.graphql('mutation { a: createGroup(name: "a") { id } b: createGroup(name: "b") { id } }'),
      ).rejects.toThrow("The emulator rejects several mutations in one request");
    },
  );
});
