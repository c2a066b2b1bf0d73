import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { NetworkAccess } from "./backend.ts";
import type { Endpoint } from "./call-proxy.ts";
import type { Message } from "./provider-process.ts";

/** How many requests are in hand while the contract sends one more. */
const size = 19;

/** A server that accepts every connection, and answers nothing; or closes it as soon as something was sent. */
class DeadServer implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(closes: boolean) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => socket.destroy()).on("close", () => this.#sockets.delete(socket));
      socket.on("data", () => void (closes && socket.destroy()));
    });
  }

  static async start(behaviour: "hangs" | "cuts"): Promise<DeadServer> {
    const dead = new DeadServer(behaviour === "cuts");
    dead.#server.listen(0, "127.0.0.1");
    await once(dead.#server, "listening");
    return dead;
  }

  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server is not listening.");
    return { host: "127.0.0.1", port: address.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** Sends one request, whatever comes of it. */
type Send = (request: Message) => Promise<unknown>;

/**
 * Requests that are in hand while the contract's own are answered, in the same process: some hang until their time is over,
 * some are cut, some are wrong. Nothing of them may show in the answers of the others.
 */
export class Company implements AsyncDisposable {
  readonly #request: (connection: Message | undefined, timeoutSeconds: number) => Message;
  readonly #send: Send;
  readonly #inHand = new Set<Promise<unknown>>();
  #servers: { readonly hanging: DeadServer; readonly cutting: DeadServer; readonly access: NetworkAccess } | undefined;

  /** `request` makes a request; without a connection, it is a wrong one. */
  constructor(request: (connection: Message | undefined, timeoutSeconds: number) => Message, { send }: { send: Send }) {
    this.#request = request;
    this.#send = send;
  }

  /** Where there is a network, requests hang and are cut too. */
  async open(access: NetworkAccess | undefined): Promise<void> {
    if (access === undefined) return;
    const [hanging, cutting] = await Promise.all([DeadServer.start("hangs"), DeadServer.start("cuts")]);
    this.#servers = { hanging, cutting, access };
  }

  /** Makes up the number again: those that have ended are replaced. */
  gather(): void {
    const wrong = this.#request(undefined, 5);
    if (this.#servers === undefined) {
      while (this.#inHand.size < size) this.#add(wrong);
      return;
    }
    const { hanging, cutting, access } = this.#servers;
    if (this.#inHand.size < size) this.#add(wrong);
    if (this.#inHand.size < size) this.#add(this.#request(access.at(cutting.endpoint), 5));
    while (this.#inHand.size < size) this.#add(this.#request(access.at(hanging.endpoint), 20));
  }

  /** Ends those that hang, and waits for all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#servers?.hanging[Symbol.asyncDispose]();
    await this.#servers?.cutting[Symbol.asyncDispose]();
    await Promise.all(this.#inHand);
  }

  #add(request: Message): void {
    const sent = this.#send(request)
      .catch(() => undefined)
      .finally(() => this.#inHand.delete(sent));
    this.#inHand.add(sent);
  }
}
