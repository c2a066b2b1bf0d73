import { once } from "node:events";
import type { RequestListener } from "node:http";
import { createServer, type Socket } from "node:net";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import { HttpReader, HttpWriter } from "./client.ts";
import type { Target } from "./target.ts";
import { WebServer } from "./testing/web-server.ts";

const running: AsyncDisposable[] = [];
afterEach(async () => {
  for (const one of running.splice(0).toReversed()) await one[Symbol.asyncDispose]();
});

function keep<T extends AsyncDisposable>(one: T): T {
  running.push(one);
  return one;
}

const serve = async (answer: RequestListener): Promise<WebServer> => keep(await WebServer.start(answer));

/** A server that does not speak HTTP as it should. */
async function serveRaw(answer: (socket: Socket) => void): Promise<{ port: number; connections: number }> {
  const raw = { port: 0, connections: 0 };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    raw.connections++;
    sockets.add(socket.on("error", () => undefined));
    socket.once("data", () => answer(socket));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address === "object" && address !== null) raw.port = address.port;
  running.push({
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  });
  return raw;
}

const request = (signal = new AbortController().signal) => ({ signal, timeoutSeconds: 60 });
const target = ({ port }: { port: number }, other: Partial<Target> = {}): Target => ({
  url: `http://127.0.0.1:${port}`,
  tls: null,
  ...other,
});
const reader = (server: { port: number }, other?: Partial<Target>): HttpReader =>
  keep(new HttpReader(target(server, other), request()));
const writer = (server: { port: number }, other?: Partial<Target>): HttpWriter =>
  keep(new HttpWriter(target(server, other), request()));

const json =
  (content: unknown, status = 200, headers: Record<string, string> = {}): RequestListener =>
  (_, response) =>
    void response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(JSON.stringify(content));

const logInAsAda: Target["authorize"] = async (logIn) => {
  const { token } = Object((await logIn("/login", { name: "ada" })).json());
  return { Authorization: `Bearer ${token}` };
};

describe("a request", () => {
  test("arrives with method, path below the base URL, headers and body, on one kept connection", async () => {
    const server = await serve(json({ done: true }, 200, { ETag: '"7"' }));
    const client = writer(server, {
      url: `http://127.0.0.1:${server.port}/base/`,
      authorize: async () => ({ Authorization: "Bearer secret" }),
    });
    const answer = await client.write("PUT", "/notes/a%2Fb?x=1", { text: "ä" }, { ifMatch: '"6"' });
    expect(answer.json()).toEqual({ done: true });
    expect(answer.etag).toBe('"7"');
    expect((await client.head("/notes")).status).toBe(200);
    await client.write("POST", "/notes", {}, { ifAbsent: true });
    const [first, second, third] = server.received;
    expect(first).toMatchObject({ method: "PUT", path: "/base/notes/a%2Fb?x=1", body: '{"text":"ä"}' });
    expect(first?.headers).toMatchObject({
      host: `127.0.0.1:${server.port}`,
      accept: "application/json",
      authorization: "Bearer secret",
      "content-type": "application/json",
      "if-match": '"6"',
    });
    expect(second).toMatchObject({ method: "HEAD", path: "/base/notes" });
    expect(third?.headers).toMatchObject({ "if-none-match": "*" });
    expect(server.sockets.size).toBe(1);
  });

  test("asks for credentials again after a 401, once, if they expire", async () => {
    let valid = 2;
    const server = await serve((incoming, response) => {
      const isValid = incoming.headers.authorization === `Bearer ${valid}`;
      json(isValid ? {} : { error: "expired" }, isValid ? 200 : 401)(incoming, response);
    });
    let issued = 0;
    const authorize = async (): Promise<Record<string, string>> => ({ Authorization: `Bearer ${++issued}` });
    const client = writer(server, { authorize, renews: true });
    expect((await client.write("POST", "/", {})).status).toBe(200);
    valid = 9;
    await expect(client.get("/").then((answer) => answer.accepted())).rejects.toMatchObject({
      code: "http.login.refused",
      message: expect.stringContaining("401 Unauthorized: expired"),
    });
    expect(issued).toBe(3);
  });

  test("gets its credentials by a login on the same connection, which carries none itself", async () => {
    const server = await serve((incoming, response) => {
      const content = incoming.url === "/login" ? { token: "secret" } : {};
      json(content)(incoming, response);
    });
    const client = reader(server, { authorize: logInAsAda, renews: true });
    await client.get("/one");
    await client.get("/two");
    expect(server.received.map(({ path, headers }) => [path, headers["authorization"]])).toEqual([
      ["/login", undefined],
      ["/one", "Bearer secret"],
      ["/two", "Bearer secret"],
    ]);
    expect(server.received[0]?.body).toBe('{"name":"ada"}');
    expect(server.sockets.size).toBe(1);
  });

  test("waits until another client gives its place back", async () => {
    const server = await serve(json({}));
    const [first, second] = [reader(server, { places: 1 }), reader(server, { places: 1 })];
    await first.get("/first");
    const waiting = second.get("/second");
    await pause(200);
    expect(server.received.map(({ path }) => path)).toEqual(["/first"]);
    await first[Symbol.asyncDispose]();
    await waiting;
    expect(server.received.map(({ path }) => path)).toEqual(["/first", "/second"]);
  });

  test("does not leave with a credential that no header can carry", async () => {
    const server = await serve(json({}));
    const client = reader(server, { authorize: async () => ({ Authorization: "Bearer two\nlines" }) });
    await expect(client.get("/")).rejects.toMatchObject({ code: "http.credential.invalid" });
    expect(server.received).toEqual([]);
  });

  test("ends as soon as its time is over, and its connection with it", async () => {
    const server = await serve(() => undefined);
    const overtime = new AbortController();
    const client = keep(new HttpReader(target(server), request(overtime.signal)));
    const outcome = client.get("/").catch((error: unknown) => error);
    await expect.poll(() => server.received.length).toBe(1);
    const started = performance.now();
    overtime.abort();
    expect(await outcome).toMatchObject({ name: "AbortError" });
    expect(performance.now() - started, "milliseconds").toBeLessThan(500);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  test("ends as soon as its time is over while the server is slow to accept TLS", async () => {
    let closed = 0;
    const raw = await serveRaw((socket) => void socket.on("close", () => closed++));
    const url = `https://127.0.0.1:${raw.port}`;
    const client = keep(new HttpReader(target(raw, { url }), request(AbortSignal.timeout(200))));
    await expect(client.get("/")).rejects.toMatchObject({ name: "AbortError" });
    await expect.poll(() => closed).toBe(1);
  });

  test("ends with its client, also while it connects", async () => {
    let closed = 0;
    const raw = await serveRaw((socket) => void socket.on("close", () => closed++));
    const client = new HttpReader(target(raw, { url: `https://127.0.0.1:${raw.port}` }), request());
    const outcome = client.get("/").catch((error: unknown) => error);
    await expect.poll(() => raw.connections).toBe(1);
    await client[Symbol.asyncDispose]();
    expect(await outcome).toMatchObject({ name: "AbortError" });
    await expect.poll(() => closed).toBe(1);
  });

  test("ends as soon as its time is over while an answer is slow to arrive", async () => {
    const server = await serve((_, response) => {
      response.writeHead(200, { "Content-Type": "application/json" }).write('{"never');
    });
    const client = keep(new HttpReader(target(server), request(AbortSignal.timeout(200))));
    const started = performance.now();
    await expect(client.get("/")).rejects.toThrow(/abort/i);
    expect(performance.now() - started, "milliseconds").toBeLessThan(2000);
  });
});

describe("a look", () => {
  test.each([429, 502, 503, 504])("is repeated while the server answers %i", async (status) => {
    let asked = 0;
    const server = await serve((incoming, response) => json({}, ++asked < 3 ? status : 200)(incoming, response));
    expect((await reader(server).query("/graphql", { query: "{}" })).status).toBe(200);
    expect(asked).toBe(3);
  });

  test("is repeated at further statuses that the target names, and a write is not", async () => {
    let asked = 0;
    const server = await serve((incoming, response) => json({}, ++asked < 3 ? 596 : 200)(incoming, response));
    expect((await reader(server, { busy: [595, 596] }).get("/")).status).toBe(200);
    expect(asked).toBe(3);
    asked = 0;
    expect((await writer(server, { busy: [595, 596] }).write("PUT", "/", {})).status).toBe(596);
    expect((await reader(server).get("/")).status).toBe(596);
    expect(asked).toBe(2);
  });

  test("ends with the server's last answer", async () => {
    const server = await serve(json({ message: "no quorum" }, 503));
    const answer = await reader(server, { tries: 2 }).get("/");
    expect(() => answer.accepted()).toThrow(
      `http://127.0.0.1:${server.port} answers GET / with 503 Service Unavailable: no quorum`,
    );
    expect(server.received).toHaveLength(2);
  });

  test("is repeated if the server hangs up mid-body, and is an error if it always does", async () => {
    const raw = await serveRaw((socket) => {
      const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
      socket.end(raw.connections === 1 ? `${head}{` : `${head}{}`);
    });
    expect((await reader(raw).get("/")).json()).toEqual({});
    const cut = await serveRaw((socket) => void socket.end("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"));
    const look = reader(cut, { tries: 2 }).get("/");
    await expect(look).rejects.toMatchObject({
      code: "http.server.closed",
      message: expect.not.stringContaining("unknown"),
    });
    expect(cut.connections).toBe(2);
  });

  test("takes a new connection if the server closed the kept one, also without further tries", async () => {
    const raw = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      // As a server does that closes an idle connection at the moment of its next use.
      socket.once("data", () => socket.resetAndDestroy());
    });
    const client = reader(raw, { tries: 1 });
    expect((await client.get("/")).status).toBe(200);
    expect((await client.get("/")).status).toBe(200);
    expect(raw.connections).toBe(2);
  });
});

describe("a write", () => {
  test("is no method of a client that only looks", async () => {
    const client = reader({ port: 1 });
    // @ts-expect-error -- only HttpWriter has it
    expect(client.write).toBeUndefined();
  });

  test("on a kept connection that the server closed is not sent again", async () => {
    const raw = await serveRaw((socket) => {
      socket.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      socket.once("data", () => socket.resetAndDestroy());
    });
    const client = writer(raw);
    await client.get("/");
    await expect(client.write("POST", "/")).rejects.toMatchObject({ code: "http.server.closed" });
    expect(raw.connections).toBe(1);
  });

  test("whose answer is lost is sent once, and its outcome is called unknown", async () => {
    const raw = await serveRaw((socket) => socket.resetAndDestroy());
    await expect(writer(raw).write("DELETE", "/notes/a")).rejects.toMatchObject({
      code: "http.server.closed",
      message: expect.stringContaining("the request was sent, so it is unknown whether it took effect"),
      hint: expect.stringContaining("Apply again"),
    });
    expect(raw.connections).toBe(1);
  });

  test("that the server fails at is sent once, and its outcome is called unknown", async () => {
    const server = await serve(json({ message: "quorum lost" }, 503));
    const answer = await writer(server).write("POST", "/notes", {});
    expect(() => answer.accepted()).toThrow(
      "503 Service Unavailable: quorum lost; the request was sent, so it is unknown",
    );
    expect(server.received).toHaveLength(1);
  });

  test("is sent while it is read, from its beginning at each attempt", async () => {
    let calls = 0;
    const server = await serve((incoming, response) => json({}, ++calls === 1 ? 408 : 200)(incoming, response));
    const body = { contentType: "text/plain", length: 6, open: () => Readable.from(["abc", "def"]) };
    expect((await writer(server).upload("/files", body)).status).toBe(200);
    const { body: received, headers } = server.received[1] ?? {};
    expect([received, headers?.["content-length"], headers?.["content-type"]]).toEqual(["abcdef", "6", "text/plain"]);
  });

  test("whose body cannot be read is an error", async () => {
    const server = await serve(json({}));
    const unreadable = new Readable({ read: () => unreadable.destroy(new Error("the disk is gone")) });
    const body = { contentType: "text/plain", length: 6, open: () => unreadable };
    await expect(writer(server).upload("/files", body)).rejects.toThrow("the disk is gone");
  });

  test("that the server says it has not received is sent again", async () => {
    let calls = 0;
    const server = await serve((incoming, response) => json({}, ++calls === 1 ? 408 : 200)(incoming, response));
    expect((await writer(server).write("POST", "/notes", {})).status).toBe(200);
    expect(calls).toBe(2);
  });

  test("is sent again only if the connection was refused", async () => {
    const server = await serve(json({}));
    const { port } = server;
    await server[Symbol.asyncDispose]();
    running.length = 0;
    const sent = writer({ port }, { tries: 9 }).write("POST", "/", {});
    const revived = createServer((socket) => {
      socket.once("data", () => socket.end("HTTP/1.1 204 No Content\r\n\r\n"));
    }).listen(port, "127.0.0.1");
    expect((await sent).status).toBe(204);
    revived.close();
    await expect(writer({ port }, { tries: 2 }).write("POST", "/", {})).rejects.toMatchObject({
      code: "http.server.unreachable",
      message: `nothing answers at http://127.0.0.1:${port} (ECONNREFUSED)`,
    });
  });
});

describe("an answer", () => {
  test("over the limit is an error, announced or not, and a write's outcome is called unknown", async () => {
    const server = await serve((incoming, response) => {
      if (incoming.url === "/announced") response.setHeader("Content-Length", 101);
      response.write("x".repeat(50));
      setTimeout(() => response.end("x".repeat(51)), 20);
    });
    for (const path of ["/announced", "/unannounced"]) {
      const look = reader(server, { largestAnswerBytes: 100 }).get(path);
      await expect(look).rejects.toMatchObject({
        code: "http.answer.tooLarge",
        message: `the answer of http://127.0.0.1:${server.port} to GET ${path} is larger than 100 bytes`,
      });
    }
    const write = writer(server, { largestAnswerBytes: 100 }).write("POST", "/unannounced");
    await expect(write).rejects.toThrow("unknown whether it took effect");
    expect((await reader(server, { largestAnswerBytes: 101 }).get("/announced")).text).toHaveLength(101);
  });

  test("that redirects is refused with the address, and the credential goes nowhere else", async () => {
    const other = await serve(json({}));
    const location = `http://127.0.0.1:${other.port}/login`;
    const server = await serve((_, response) => void response.writeHead(302, { Location: location }).end());
    const client = reader(server, { authorize: async () => ({ Authorization: "Bearer secret" }) });
    await expect(client.get("/notes")).rejects.toMatchObject({
      code: "http.redirect",
      message: `http://127.0.0.1:${server.port} answers GET /notes with 302 Found and redirects to ${location}; redirects are not followed`,
      hint: expect.stringContaining("`connection.url`"),
    });
    expect(other.received).toEqual([]);
  });

  test.each([
    ["text/html", "<html>Log in</html>", "200 OK and text/html in place of JSON"],
    ["application/json", '{"cut": ', "200 OK and application/json that is malformed in place of JSON"],
    ["application/json", "", "200 OK and an empty body in place of JSON"],
  ])("of type %s and text %j is no fact: %s", async (type, text, message) => {
    const server = await serve((_, response) => void response.writeHead(200, { "Content-Type": type }).end(text));
    const answer = await reader(server).get("/notes");
    expect(() => answer.accepted().json()).toThrow(message);
  });

  test("that is not HTTP is an error", async () => {
    const raw = await serveRaw((socket) => void socket.end("220 mail.example.org ESMTP\r\n"));
    await expect(reader(raw).get("/")).rejects.toMatchObject({
      code: "http.answer.invalid",
      message: expect.stringContaining("does not speak HTTP"),
    });
    await expect(writer(raw).write("POST", "/")).rejects.toThrow("unknown whether it took effect");
  });

  test.each([
    [401, "http.login.refused"],
    [403, "http.permission.denied"],
    [404, "http.request.refused"],
    [409, "http.request.refused"],
    [500, "http.server.failed"],
  ])("of status %i keeps the server's reason and message: %s", async (status, code) => {
    const server = await serve((_, response) => {
      response.writeHead(status, "VM 300 already exists", { "Content-Type": "application/json" });
      response.end('{"errors":{"message":"choose another id"}}');
    });
    const answer = await reader(server, { inputs: { credential: "connection.token" } }).get("/vm?secret=1");
    expect(answer.status).toBe(status);
    expect(() => answer.accepted()).toThrow(
      expect.objectContaining({
        code,
        message: `http://127.0.0.1:${server.port} answers GET /vm with ${status} VM 300 already exists: choose another id`,
      }),
    );
  });
});
