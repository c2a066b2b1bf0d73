import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import type { Endpoint } from "@nixops4-resources/protocol-core/testing";

/** A port without TLS before a server with it, so that proxies of the contract can read and replace its answers. */
export class PlainFront implements AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly #stop: () => Promise<void>;

  private constructor(endpoint: Endpoint, stop: () => Promise<void>) {
    this.endpoint = endpoint;
    this.#stop = stop;
  }

  /** The tests know the server, so its certificate is not checked. */
  static async start({ host, port }: Endpoint): Promise<PlainFront> {
    const sockets = new Set<Socket>();
    const keep = (socket: Socket): void => {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
    };
    const front = createServer((client) => {
      const server = connect({ host, port, rejectUnauthorized: false });
      keep(client);
      keep(server);
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.on("error", () => one.destroy());
        one.on("close", () => other.destroySoon());
        one.pipe(other);
      }
    });
    front.listen(0, "127.0.0.1");
    await once(front, "listening");
    const address = front.address();
    if (address === null || typeof address === "string") throw new Error("The front is not listening.");
    return new PlainFront({ host: "127.0.0.1", port: address.port }, async () => {
      for (const socket of sockets) socket.destroy();
      front.close();
      await once(front, "close");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}
