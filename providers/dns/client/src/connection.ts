import { connect, type Socket } from "node:net";

/** A TCP connection failed, or an answer did not come. What the server did with what it had received is unknown. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /** `refused` where no connection came about, `closed` where one ended too early, `silent` where no answer came. */
  readonly kind: "refused" | "closed" | "silent";

  constructor(kind: TransportError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Where a server listens. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** One TCP connection that carries messages, each with its length before it (RFC 1035, section 4.2.2; RFC 7766). */
export class Connection implements Disposable {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #listener: { onMessage: (octets: Buffer) => void; onEnd: (error: TransportError) => void } | undefined;
  #end: TransportError | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (octets) => this.#receive(octets));
    socket.on("error", (cause) => this.#finish(new TransportError("closed", cause.message, { cause })));
    socket.on("close", () => this.#finish(new TransportError("closed", "the server closed the connection")));
  }

  static async open({ host, port }: Endpoint, timeoutMs: number): Promise<Connection> {
    const socket = connect({ host, port, noDelay: true });
    return await new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new TransportError("refused", `no connection within ${timeoutMs} ms`));
      }, timeoutMs);
      socket.once("error", (cause) => {
        clearTimeout(timer);
        reject(new TransportError("refused", codeOf(cause) ?? cause.message, { cause }));
      });
      socket.once("connect", () => {
        clearTimeout(timer);
        resolve(new Connection(socket));
      });
    });
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /**
   * Sends messages and gives each that comes back to `take`, until it returns true. Throws what `take` throws, or a
   * TransportError; the connection is closed then. `timeoutMs` is the longest silence.
   */
  async exchange(messages: readonly Buffer[], timeoutMs: number, take: (octets: Buffer) => boolean): Promise<void> {
    if (this.#end !== undefined) throw this.#end;
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const wait = (): void => {
          clearTimeout(timer);
          timer = setTimeout(() => reject(new TransportError("silent", `no answer within ${timeoutMs} ms`)), timeoutMs);
        };
        const onMessage = (octets: Buffer): void => {
          wait();
          try {
            if (take(octets)) resolve();
          } catch (error) {
            reject(error);
          }
        };
        this.#listener = { onMessage, onEnd: reject };
        wait();
        this.#socket.write(Buffer.concat(messages.flatMap((octets) => [lengthOf(octets), octets])));
      });
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#listener = undefined;
    }
  }

  [Symbol.dispose](): void {
    this.#end ??= new TransportError("closed", "the connection is closed");
    this.#socket.destroy();
  }

  #receive(octets: Buffer): void {
    this.#received = this.#received.length === 0 ? octets : Buffer.concat([this.#received, octets]);
    for (;;) {
      if (this.#received.length < 2) return;
      const length = this.#received.readUInt16BE(0);
      if (this.#received.length < 2 + length) return;
      const message = this.#received.subarray(2, 2 + length);
      this.#received = this.#received.subarray(2 + length);
      this.#listener?.onMessage(message);
    }
  }

  #finish(error: TransportError): void {
    this.#end ??= error;
    this.#listener?.onEnd(this.#end);
  }
}

const lengthOf = (octets: Buffer): Uint8Array => Uint8Array.of(octets.length >> 8, octets.length);

const codeOf = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;
