import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP address. */
export interface Endpoint {
  host: string;
  port: number;
}

/** What the proxy does at a call, counted from 1 across all connections. */
export interface Disturbance {
  call: number;
  /**
   * `before`: the call never reaches the server. `after`: the server did it and answered, the client never hears.
   */
  when: "before" | "after";
  /** `close` closes every connection from then on, `stall` keeps them open and lets nothing through any more. */
  afterwards: "close" | "stall";
  /** Runs first, such as killing the client. It is synchronous, so that nothing happens in between. */
  act?: () => void;
}

/** How long a server must be silent before its answer counts as complete: it may arrive in pieces. */
const quietMs = 10;

/** Looks at the server before a call reaches it, and at what the call begins with. */
export type Watch = (call: number, begin: Buffer) => Promise<void>;

/**
 * A TCP proxy that counts the calls that pass through it and disturbs one of them.
 *
 * A call is what a client sends until the server answers. The proxy needs no knowledge of the protocol: it counts round
 * trips of PostgreSQL, LDAP and HTTP alike, including those of a TLS handshake. It counts pipelined calls as one.
 * The last message of a client may have no answer (PostgreSQL's Terminate).
 */
export class CallProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: Endpoint;
  readonly #disturbance: Disturbance | undefined;
  readonly #watch: Watch | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #answered = new Set<number>();
  /** Calls whose connection the server has closed. */
  readonly #closed = new Set<number>();
  /** What clients have sent and `watch` holds back. */
  readonly #held = new Map<Socket, Promise<void>>();
  /** Clients that have sent something that is not answered yet. */
  readonly #waiting = new Set<Socket>();
  #calls = 0;
  #isStalled = false;
  #isClosed = false;

  private constructor(target: Endpoint, disturbance: Disturbance | undefined, watch: Watch | undefined) {
    this.#target = target;
    this.#disturbance = disturbance;
    this.#watch = watch;
    this.#server = createServer((client) => this.#serve(client));
  }

  static async start(target: Endpoint, disturbance?: Disturbance): Promise<CallProxy> {
    return await new CallProxy(target, disturbance, undefined).#listen();
  }

  /** Disturbs nothing, and holds each call back until `watch` has looked at the server. */
  static async observe(target: Endpoint, watch: Watch): Promise<CallProxy> {
    return await new CallProxy(target, undefined, watch).#listen();
  }

  async #listen(): Promise<this> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
    return this;
  }

  /** The address for the client. */
  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
    return { host: "127.0.0.1", port: address.port };
  }

  /** The numbers of the calls that the server answered. */
  get answered(): number[] {
    return [...this.#answered].sort((a, b) => a - b);
  }

  /** Whether the server has done what it will do of the call: it has answered, or hung up. */
  isOver(call: number): boolean {
    return this.#answered.has(call) || this.#closed.has(call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  #serve(client: Socket): void {
    const server = connect(this.#target);
    const ends = new Map([
      [client, () => void this.#endAfterHeld(client, server)],
      [server, () => void client.end()],
    ]);
    for (const [socket, endOther] of ends) {
      this.#sockets.add(socket);
      // A reset counts as an end.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        this.#sockets.delete(socket);
        if (!this.#isStalled) endOther();
      });
    }
    if (this.#isClosed) {
      client.destroy();
      server.destroy();
      return;
    }
    this.#forward(client, server);
  }

  /** What a client sent before its end reaches the server and is answered: some servers drop the call of a client that is gone. */
  async #endAfterHeld(client: Socket, server: Socket): Promise<void> {
    const held = this.#held.get(client);
    if (held !== undefined) {
      const answered = Promise.race([once(server, "data"), once(server, "close")]).catch(() => undefined);
      await held;
      if (this.#waiting.has(client)) await answered;
    }
    server.end();
  }

  #forward(client: Socket, server: Socket): void {
    let call = 0;
    let quiet: NodeJS.Timeout | undefined;
    let watched: Promise<void> | undefined;
    client.on("data", (bytes) => {
      if (!this.#waiting.has(client)) {
        this.#waiting.add(client);
        call = ++this.#calls;
        if (this.#isNow(call, "before")) this.#disturb();
        const number = call;
        watched = this.#watch && (watched ?? Promise.resolve()).then(() => this.#watch?.(number, bytes));
      }
      // A failed watch fails the client too.
      if (watched !== undefined) {
        watched = watched.then(
          () => void server.write(bytes),
          () => void client.destroy(),
        );
        this.#held.set(client, watched);
      } else if (!this.#isStalled) server.write(bytes);
    });
    server.on("data", (bytes) => {
      this.#waiting.delete(client);
      if (call > 0) this.#answered.add(call);
      if (this.#isNow(call, "after")) {
        clearTimeout(quiet);
        quiet = setTimeout(() => this.#disturb(), quietMs);
      } else if (!this.#isStalled) client.write(bytes);
    });
    server.on("close", () => this.#closed.add(call));
    // If the server hangs up after its answer (a rejected login), the answer is complete at once.
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
