import { once } from "node:events";
import { createServer, request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** One request on its way to the server. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface Rewriting {
  /** Another request to send in place of this one. */
  readonly instead?: (passing: Passing) => Passing;
  /** Runs before the request reaches the server. Returns the status of an answer in place of the server's. */
  readonly before?: (passing: Passing) => Promise<number | void>;
  /** Another body of a successful answer. */
  readonly answer?: (passing: Passing, body: string) => string;
}

/** An HTTP server in front of the real one on 127.0.0.1, for faults that the real one cannot be brought to. */
export async function startRewritingProxy(
  target: number,
  { instead, before, answer }: Rewriting,
): Promise<AsyncDisposable & { port: number; passed: Passing[] }> {
  const passed: Passing[] = [];
  const server = createServer((incoming, outgoing) => {
    const serve = async (): Promise<void> => {
      const { method = "GET", url: path = "/", headers: given } = incoming;
      const asked = { method, path, body: await text(incoming) };
      passed.push(asked);
      const refusal = await before?.(asked);
      if (typeof refusal === "number") {
        outgoing.writeHead(refusal).end();
        return;
      }
      const sent = instead?.(asked) ?? asked;
      // The length may change; the rest is signed for S3.
      const { "content-length": _length, connection: _connection, ...headers } = given;
      const { method: verb } = sent;
      const passing = request({
        host: "127.0.0.1",
        port: target,
        method: verb,
        path: sent.path,
        headers,
        agent: false,
      });
      passing.end(verb === "GET" ? undefined : sent.body);
      const [response]: IncomingMessage[] = await once(passing, "response");
      if (response === undefined) throw new TypeError("A response without a message");
      const body = await text(response);
      const status = response.statusCode ?? 500;
      outgoing.writeHead(status, { "Content-Type": response.headers["content-type"] ?? "application/json" });
      outgoing.end(status === 200 ? (answer?.(asked, body) ?? body) : body);
    };
    serve().catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
  return {
    port: address.port,
    passed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
