import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { PostgresAddress } from "@nixops4-resources/integration-servers/postgres/postgres";
import { describePostgres } from "@nixops4-resources/integration-servers/testing";
import { expect, test } from "vitest";
import { logIn, ownLogin, type Login } from "./login.ts";
import { parse } from "./testing/ask-server.ts";

/** Forwards to the server, but answers nothing on the first connections. */
async function deafAtFirst(
  server: PostgresAddress,
  connections: number,
): Promise<AsyncDisposable & { port: number; accepted: () => number }> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const listener = createServer((client) => {
    sockets.add(client.on("error", () => undefined));
    if (++accepted <= connections) return;
    const upstream = connect(server);
    sockets.add(upstream.on("error", () => client.destroy()));
    client.pipe(upstream).pipe(client);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const address = listener.address();
  if (address === null || typeof address === "string") throw new Error("The listener has no address.");
  return {
    port: address.port,
    accepted: () => accepted,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      listener.close();
    },
  };
}

describePostgres("a login", (server) => {
  const loginAt = (port: number, signal = AbortSignal.timeout(30_000)): Promise<Login> =>
    ownLogin(parse(server(), { port }), "postgres", "read", { signal, timeoutSeconds: 30 });

  test("is tried again while the server does not answer", async () => {
    await using listener = await deafAtFirst(server(), 2);
    const { client } = await logIn(await loginAt(listener.port), 0.5);
    await client.end();
    expect(listener.accepted()).toBe(3);
  });

  test("is not tried again after the request has ended", async () => {
    await using listener = await deafAtFirst(server(), Infinity);
    const request = new AbortController();
    const trying = logIn(await loginAt(listener.port, request.signal), 0.5);
    trying.catch(() => undefined);
    await expect.poll(() => listener.accepted(), { timeout: 10_000 }).toBe(2);
    request.abort();
    await expect(trying).rejects.toThrow(/abort|closed/i);
    expect(listener.accepted()).toBe(2);
  });
});
