import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connection, type Connection } from "../connection.ts";

/** An answer of Proxmox's API. */
export interface ScriptedAnswer {
  readonly status?: number;
  readonly reason?: string;
  /** The body; undefined for an empty one, text for one that is no JSON. */
  readonly body?: unknown;
}

/** A server that gives these answers in order, the last one for ever, and remembers what was asked. */
export class ScriptedServer implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor(answers: readonly ScriptedAnswer[]) {
    this.#server = createServer((request, response) => {
      this.asked.push(`${request.method} ${request.url}`);
      const { status = 200, reason = "OK", body } = answers[Math.min(this.asked.length, answers.length) - 1] ?? {};
      const isText = typeof body === "string";
      response.writeHead(status, reason, { "Content-Type": isText ? "text/html" : "application/json;charset=UTF-8" });
      response.end(body === undefined || isText ? body : JSON.stringify(body));
    });
  }

  static async start(...answers: readonly ScriptedAnswer[]): Promise<ScriptedServer> {
    const server = new ScriptedServer(answers);
    server.#server.listen(0, "127.0.0.1");
    await once(server.#server, "listening");
    return server;
  }

  /** The connection to it, with a token of the right form. */
  get connection(): Connection {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The server does not listen.");
    const token = { command: ["echo", "a@pve!deploy=00000000-0000-4000-8000-000000000000"] };
    return connection.parse({ url: `http://127.0.0.1:${address.port}`, token });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

/** A request outside of the provider's loop. */
export const request = { signal: AbortSignal.timeout(60_000), timeoutSeconds: 60, needsSecrets: true };
