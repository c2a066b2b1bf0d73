import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { expect, test } from "vitest";
import { DnsClient } from "./client.ts";
import { Connections } from "./connections.ts";

const question = { name: "example.test.", type: "SOA" };

/** A server that answers NOERROR, without records, and counts its connections. */
class EmptyServer implements AsyncDisposable {
  readonly sockets: Socket[] = [];
  isSilent = false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((socket) => {
      this.sockets.push(socket);
      socket.on("error", () => undefined);
      socket.on("data", (octets) => {
        if (this.isSilent) return;
        octets.writeUInt8(0x84, 4);
        socket.write(octets);
      });
    });
  }

  static async start(): Promise<EmptyServer> {
    const server = new EmptyServer();
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  get endpoint(): { host: string; port: number } {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    return { host: "127.0.0.1", port: address.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

test("a client gets the connection of an earlier one, and two at a time have one each", async () => {
  await using server = await EmptyServer.start();
  await using connections = new Connections();
  const ask = async (): Promise<void> => {
    using client = new DnsClient({ ...server.endpoint, connections });
    expect((await client.query(question)).rcode).toBe("NOERROR");
  };
  await ask();
  await ask();
  expect(server.sockets).toHaveLength(1);
  await Promise.all([ask(), ask()]);
  expect(server.sockets).toHaveLength(2);
});

test("a connection that the server has closed, or whose answer is still awaited, is not used again", async () => {
  await using server = await EmptyServer.start();
  await using connections = new Connections();
  using first = new DnsClient({ ...server.endpoint, connections });
  await first.query(question);
  first[Symbol.dispose]();
  server.sockets[0]?.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  using second = new DnsClient({ ...server.endpoint, connections });
  await second.query(question);
  server.isSilent = true;
  const unanswered = second.query(question);
  second[Symbol.dispose]();
  await expect(unanswered).rejects.toThrow("closed");
  server.isSilent = false;
  using third = new DnsClient({ ...server.endpoint, connections });
  await third.query(question);
  expect(server.sockets).toHaveLength(3);
});

test("a client that was closed while it connected leaves no connection", async () => {
  await using server = await EmptyServer.start();
  await using connections = new Connections();
  const client = new DnsClient({ ...server.endpoint, connections });
  const asked = client.query(question);
  client[Symbol.dispose]();
  await expect(asked).rejects.toThrow("closed meanwhile");
  expect(connections.take(server.endpoint)).toBeUndefined();
});
