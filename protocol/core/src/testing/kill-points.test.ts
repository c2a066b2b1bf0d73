import { once } from "node:events";
import { connect, createServer } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import type { Backend, NetworkAccess } from "./backend.ts";
import type { Endpoint } from "./call-proxy.ts";
import { decisiveCalls } from "./kill-points.ts";

afterEach(() => void vi.unstubAllEnvs());

function unused(): never {
  throw new Error("Only writes are counted.");
}

/** A server that answers each call, and counts the writes. */
async function startServer(): Promise<AsyncDisposable & { backend: Backend; access: NetworkAccess }> {
  let writes = 0;
  const server = createServer((socket) =>
    socket.on("data", (bytes) => {
      if (bytes.toString() === "write") writes++;
      socket.write("done");
    }),
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server is not listening.");
  const endpoint: Endpoint = { host: "127.0.0.1", port: address.port };
  const access: NetworkAccess = { kind: "network", endpoint, at: (other) => ({ ...other }) };
  const backend: Backend = {
    connection: { ...endpoint },
    access,
    broken: {},
    canaries: [],
    reset: unused,
    snapshot: unused,
    log: unused,
    writes: async () => writes,
    [Symbol.asyncDispose]: unused,
  };
  return { backend, access, [Symbol.asyncDispose]: async () => void server.close() };
}

/** Makes the calls one after the other on one connection. */
const caller =
  (...calls: readonly string[]) =>
  async ({ host, port }: Record<string, unknown>): Promise<void> => {
    const socket = connect({ host: String(host), port: Number(port) });
    for (const call of calls) {
      socket.write(call);
      await once(socket, "data");
    }
    socket.end();
    await once(socket, "close");
  };

const run = caller("hello", "look", "look", "write", "commit", "look", "look", "write", "commit");

test("of the calls between two writes the first and the last count", async () => {
  await using server = await startServer();
  expect(await decisiveCalls(server.backend, server.access, run)).toEqual([1, 4, 5, 8, 9]);
});

test("of a run without writes the first and the last call count", async () => {
  await using server = await startServer();
  expect(await decisiveCalls(server.backend, server.access, caller("hello", "look", "look"))).toEqual([1, 3]);
});

test("every call counts for the whole contract", async () => {
  vi.stubEnv("WHOLE_CONTRACT", "1");
  await using server = await startServer();
  expect(await decisiveCalls(server.backend, server.access, run)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});
