import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { Endpoint } from "./call-proxy.ts";

/** What the client receives instead of the genuine answer, and whether the connection ends then. */
export type ByteFault = (genuine: Buffer) => { bytes: Buffer; closes: boolean };

/** How long a server must be silent before its answer counts as complete: it may arrive in pieces. */
const quietMs = 10;

/** A TCP proxy that replaces the answer to one call. It counts calls as `CallProxy` does. */
export class AnswerProxy implements AsyncDisposable {
  readonly #target: Endpoint;
  readonly #fault: { readonly call: number; readonly by: ByteFault } | undefined;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answered = new Set<number>();
  #calls = 0;

  private constructor(target: Endpoint, fault: { call: number; by: ByteFault } | undefined) {
    this.#target = target;
    this.#fault = fault;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(target: Endpoint, fault?: { call: number; by: ByteFault }): Promise<AnswerProxy> {
    const proxy = new AnswerProxy(target, fault);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
    return { host: "127.0.0.1", port: address.port };
  }

  /** The calls that the server answered. */
  get count(): number {
    return this.#answered.size;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    const server = connect(this.#target);
    for (const [socket, other] of [[client, server] as const, [server, client] as const]) {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        other.end();
      });
    }
    let call = 0;
    let isServersTurn = true;
    let quiet: NodeJS.Timeout | undefined;
    let genuine: Buffer[] = [];
    client.on("data", (bytes) => {
      if (isServersTurn) call = ++this.#calls;
      isServersTurn = false;
      server.write(bytes);
    });
    server.on("data", (bytes) => {
      isServersTurn = true;
      if (call > 0) this.#answered.add(call);
      if (this.#fault === undefined || call !== this.#fault.call) {
        client.write(bytes);
        return;
      }
      const { by } = this.#fault;
      genuine.push(bytes);
      clearTimeout(quiet);
      quiet = setTimeout(() => {
        const answer = by(Buffer.concat(genuine));
        genuine = [];
        client.write(answer.bytes, () => {
          if (!answer.closes) return;
          client.destroy();
          server.destroy();
        });
      }, quietMs);
    });
  }
}
