import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP address. */
export interface Endpoint {
  host: string;
  port: number;
}

/** What the proxy does at a call, counted from 1 over all connections. */
export interface Disturbance {
  call: number;
  /**
   * `before`: the call never reaches the server. `after`: the server did it and answered, the client never hears.
   */
  when: "before" | "after";
  /** `close` closes every connection from then on, `stall` keeps them open and lets nothing through any more. */
  afterwards: "close" | "stall";
  /** Done first, such as killing the client; for a moment that must not pass, it must be synchronous. */
  act?: () => void;
}

/** How long a server must be silent before its answer counts as whole: it may come in pieces, notices first. */
const quietMs = 10;

/**
 * A TCP proxy that counts the calls that go through it and disturbs one of them.
 *
 * A call is what a client sends until the server answers. This needs no knowledge of the protocol, so it counts the round
 * trips of PostgreSQL, LDAP and HTTP alike, and with TLS those of its handshake too; of calls that a client sends
 * without waiting for answers it sees one. The last thing that a client says may have no answer (PostgreSQL's Terminate).
 */
export class CallProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: Endpoint;
  readonly #disturbance: Disturbance | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #answered = new Set<number>();
  #calls = 0;
  #isStalled = false;
  #isClosed = false;

  private constructor(target: Endpoint, disturbance: Disturbance | undefined) {
    this.#target = target;
    this.#disturbance = disturbance;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(target: Endpoint, disturbance?: Disturbance): Promise<CallProxy> {
    const proxy = new CallProxy(target, disturbance);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** Where the client is to connect to. */
  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy does not listen.");
    return { host: "127.0.0.1", port: address.port };
  }

  /** The numbers of the calls that the server answered. */
  get answered(): number[] {
    return [...this.#answered].sort((a, b) => a - b);
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
      // A reset is an end like any other: what happened before it is what counts.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        if (!this.#isStalled) other.end();
      });
    }
    if (this.#isClosed) {
      client.destroy();
      server.destroy();
      return;
    }
    this.#forward(client, server);
  }

  #forward(client: Socket, server: Socket): void {
    let call = 0;
    let speaker: "client" | "server" = "server";
    let quiet: NodeJS.Timeout | undefined;
    client.on("data", (bytes) => {
      if (speaker === "server") {
        speaker = "client";
        call = ++this.#calls;
        if (this.#isNow(call, "before")) this.#disturb();
      }
      if (!this.#isStalled) server.write(bytes);
    });
    server.on("data", (bytes) => {
      speaker = "server";
      if (call > 0) this.#answered.add(call);
      if (this.#isNow(call, "after")) {
        clearTimeout(quiet);
        quiet = setTimeout(() => this.#disturb(), quietMs);
      } else if (!this.#isStalled) client.write(bytes);
    });
    // An answer that the server hangs up after (a refused login) is whole at once: the client must not hear of it first.
    server.on("end", () => {
      if (quiet === undefined || this.#isStalled) return;
      clearTimeout(quiet);
      this.#disturb();
    });
  }

  #isNow(call: number, when: "before" | "after"): boolean {
    return this.#disturbance?.call === call && this.#disturbance.when === when;
  }

  #disturb(): void {
    this.#disturbance?.act?.();
    this.#isStalled = true;
    if (this.#disturbance?.afterwards === "stall") return;
    this.#isClosed = true;
    for (const socket of this.#sockets) socket.destroy();
  }
}
