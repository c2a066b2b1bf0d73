import { connect, type Socket } from "node:net";
import { ownTimeout } from "./own-time.ts";

/** A TCP connection failed, or no answer arrived. Whether the server processed what it received is unknown. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /**
   * `refused`: the connection was refused. `unconnected`: an attempt to connect got no answer. `closed`: it ended too early.
   * `silent`: no answer to a message arrived in time.
   */
  readonly kind: "refused" | "unconnected" | "closed" | "silent";

  constructor(kind: TransportError["kind"], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The address of a server. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** A TCP connection that carries length-prefixed messages (RFC 1035, section 4.2.2; RFC 7766). */
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
      const stop = ownTimeout(timeoutMs, () => {
        socket.destroy();
        reject(new TransportError("unconnected", `no connection within ${timeoutMs} ms`));
      });
      socket.once("error", (cause) => {
        stop();
        const code = systemErrorCode(cause);
        const kind = code === "ETIMEDOUT" ? "unconnected" : "refused";
        reject(new TransportError(kind, code ?? cause.message, { cause }));
      });
      socket.once("connect", () => {
        stop();
        resolve(new Connection(socket));
      });
    });
  }

  get isOpen(): boolean {
    return this.#end === undefined;
  }

  /** Whether it is open, and nothing is left of what was received. */
  get isReusable(): boolean {
    return this.isOpen && this.#received.length === 0;
  }

  /**
   * Sends messages and passes each received message to `take` until it returns true. If `take` throws, or on a
   * TransportError, closes the connection and rethrows. `timeoutMs` is the maximum time between two received messages.
   */
  async exchange(messages: readonly Buffer[], timeoutMs: number, take: (octets: Buffer) => boolean): Promise<void> {
    if (this.#end !== undefined) throw this.#end;
    let stop: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const wait = (): void => {
          stop?.();
          stop = ownTimeout(timeoutMs, () => reject(new TransportError("silent", `no answer within ${timeoutMs} ms`)));
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
      stop?.();
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

const systemErrorCode = (error: Error): string | undefined =>
  "code" in error && typeof error.code === "string" ? error.code : undefined;
