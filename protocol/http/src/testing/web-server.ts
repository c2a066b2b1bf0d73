import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttp, type RequestListener, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { Server as TlsServer } from "node:tls";
import type { Certificates } from "@nixops4-resources/integration-servers/tls/certificates";

/** A server in this process that remembers what it received, on all addresses of loopback. */
export class WebServer implements AsyncDisposable {
  /** Every request: method, path, and the headers that came with it. */
  readonly received: { method: string; path: string; headers: NodeJS.Dict<string | string[]>; body: string }[] = [];
  /** Connections that are open, over TLS or not. */
  readonly sockets = new Set<Socket>();
  readonly #server: Server;
  #bytes = 0;

  private constructor(server: Server) {
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    // A TLS socket counts what it decrypted.
    server.on(server instanceof TlsServer ? "secureConnection" : "connection", (socket: Socket) =>
      socket.on("close", () => (this.#bytes += socket.bytesRead)),
    );
  }

  /** Decrypted bytes that arrived on all connections, whether or not they made a request, once all are closed. */
  async bytes(): Promise<number> {
    // What was sent last may still be on its way.
    do await pause(50);
    while (this.sockets.size > 0);
    return this.#bytes;
  }

  static async start(answer: RequestListener, certificates?: Certificates): Promise<WebServer> {
    let server: WebServer | undefined;
    const listener: RequestListener = (request, response) => {
      const chunks: Buffer[] = [];
      request
        .on("data", (chunk: Buffer) => chunks.push(chunk))
        .on("end", () => {
          const { method = "", url: path = "", headers } = request;
          server?.received.push({ method, path, headers, body: Buffer.concat(chunks).toString() });
          answer(request, response);
        });
    };
    const made =
      certificates === undefined
        ? createHttp(listener)
        : createHttps(
            { cert: readFileSync(certificates.serverCertificateFile), key: readFileSync(certificates.serverKeyFile) },
            listener,
          );
    server = new WebServer(made);
    made.on("tlsClientError", () => undefined).listen(0, "0.0.0.0");
    await once(made, "listening");
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    return address.port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
