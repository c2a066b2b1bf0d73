import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { SharingProcess } from "@nixops4-resources/protocol-core/testing";
import { afterEach, beforeEach, expect, test } from "vitest";
import { HttpWriter } from "./client.ts";
import type { Target } from "./target.ts";

let ours: SharingProcess;
let server: Server;
let connections: number;
/** What the server does with a request; it answers at once by default. */
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  ours = new SharingProcess();
  connections = 0;
  answer = (_request, response) => void response.end("{}");
  server = createServer((request, response) => answer(request, response)).on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(async () => {
  await ours[Symbol.asyncDispose]();
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const url = (): string => `http://127.0.0.1:${Object(server.address()).port}`;

/** One request of the process, with a client of its own. */
const use = (work: (client: HttpWriter) => Promise<unknown>, more: Partial<Target> = {}, signal = neverAborted) =>
  ours.request(async () => {
    await using client = new HttpWriter({ url: url(), tls: null, ...more }, { signal, timeoutSeconds: 60 });
    return await work(client);
  });
const neverAborted = new AbortController().signal;
const look = (client: HttpWriter): Promise<unknown> => client.get("/");
const lookAndWrite = async (client: HttpWriter): Promise<unknown> => [
  await client.get("/"),
  await client.write("POST", "/"),
];
const lookAs = (name: string) => use(look, { authorize: async () => ({ Authorization: `Bearer ${name}` }) });

test("requests that look use the connections that others before them have left", async () => {
  for (let count = 0; count < 5; count++) await use(look);
  expect(connections).toBe(1);
  await using alone = new HttpWriter({ url: url(), tls: null }, { signal: neverAborted, timeoutSeconds: 60 });
  await alone.get("/");
  expect(connections, "a process with one request").toBe(2);
});

test("30 requests at once use 8 connections", async () => {
  answer = (_request, response) => void setTimeout(() => response.end("{}"), 20);
  await Promise.all(Array.from({ length: 30 }, () => use(look)));
  expect(connections).toBe(8);
});

test("a write never goes over a connection that another request has left", async () => {
  await use(lookAndWrite);
  await use(lookAndWrite);
  expect(connections).toBe(3);
});

test("another way to prove who the server is, is another connection", async () => {
  await use(look);
  await use(look, { allowPlaintext: true });
  await use(look, { authorize: async () => ({ Authorization: "Bearer token" }) });
  expect(connections).toBe(3);
});

test("credentials go with their request only", async () => {
  const seen: unknown[] = [];
  answer = (request, response) => {
    seen.push(request.headers.authorization);
    response.end("{}");
  };
  for (const name of ["one", "two", "one"]) await lookAs(name);
  expect(seen).toEqual(["Bearer one", "Bearer two", "Bearer one"]);
  expect(connections).toBe(1);
});

test("the end of one request in mid-answer ends its connection, and no other request", async () => {
  const overtime = new AbortController();
  answer = (request, response) => void (request.url === "/hangs" ? undefined : response.end("{}"));
  const hanging = use((client) => client.get("/hangs"), {}, overtime.signal);
  await expect.poll(() => connections).toBe(1);
  const others = Promise.all([use(look), use(look)]);
  overtime.abort();
  await expect(hanging).rejects.toThrow("aborted");
  await others;
  await use(look);
});

test("a connection that the server has closed meanwhile is replaced", async () => {
  await use(look);
  server.closeAllConnections();
  await use(look);
  server.closeAllConnections();
  await pause(20);
  await use(look);
  expect(connections).toBe(3);
});
