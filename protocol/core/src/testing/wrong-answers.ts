import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Endpoint } from "./call-proxy.ts";
import { isWholeContract } from "./contract.ts";

type Answer = (response: ServerResponse) => void;

const whole =
  (status: number, type: string | undefined, body = ""): Answer =>
  (response) =>
    void response.writeHead(status, type === undefined ? {} : { "Content-Type": type }).end(body);

/** Answers that no API gives about a resource: what proxies, other servers and broken connections put in their place. */
export const wrongAnswers = {
  "404": whole(404, "text/plain; charset=utf-8", "Not Found"),
  "404 in JSON": whole(404, "application/json", '{"error": "Not Found"}'),
  "an empty 200": whole(200, "application/json"),
  "204": whole(204, undefined),
  "500": whole(500, "text/plain; charset=utf-8", "Internal Server Error"),
  "a web page": whole(200, "text/html", "<!doctype html><title>Log in</title>"),
  "other JSON": whole(200, "application/json", '{"status": "ok"}'),
  garbage: whole(200, "application/json", '\u0001{"name": ]'),
  "half a body": (response) => {
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": 100 });
    response.write('[{"name": "', () => response.destroy());
  },
} as const satisfies Record<string, Answer>;

export type WrongAnswer = keyof typeof wrongAnswers;

/** One of each kind that a client can confuse. WHOLE_CONTRACT=1 tries them all. */
const usual: readonly WrongAnswer[] = ["404", "204", "other JSON", "half a body"];

/** The answer that is replaced, counted from 1 across all connections. */
export interface Replacement {
  readonly call: number;
  readonly by: WrongAnswer;
  /** Whether the request reaches the server first, as with a broken proxy; otherwise something else answers in its place. */
  readonly afterTheServer?: boolean;
  /** Whether all later answers are replaced too. */
  readonly onwards?: boolean;
}

/**
 * A proxy for HTTP that replaces one answer of the server, or all from one on, by a wrong one. Every provider that is
 * reached over HTTP must fail then: no success that did not happen, and nothing counts as missing.
 */
export class WrongAnswers implements AsyncDisposable {
  /** Every request that arrived: `GET /path`. */
  readonly calls: string[] = [];
  readonly #target: Endpoint;
  readonly #replacement: Replacement | undefined;
  readonly #server: Server;

  private constructor(target: Endpoint, replacement: Replacement | undefined) {
    this.#target = target;
    this.#replacement = replacement;
    this.#server = createServer((incoming, response) => void this.#serve(incoming, response));
  }

  /** Without a replacement it only counts. */
  static async start(target: Endpoint, replacement?: Replacement): Promise<WrongAnswers> {
    const proxy = new WrongAnswers(target, replacement);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** The address for the client. */
  get endpoint(): Endpoint {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("The proxy is not listening.");
    return { host: "127.0.0.1", port: address.port };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const call = this.calls.push(`${incoming.method} ${incoming.url}`);
    const { call: replaced = 0, by, afterTheServer = false, onwards = false } = this.#replacement ?? {};
    const replace = by !== undefined && (onwards ? call >= replaced : call === replaced) ? wrongAnswers[by] : undefined;
    try {
      const body = await bytesOf(incoming);
      if (replace !== undefined && !afterTheServer) {
        replace(response);
        return;
      }
      const answer = await this.#pass(incoming, body);
      const text = await bytesOf(answer);
      if (replace === undefined) response.writeHead(answer.statusCode ?? 0, answer.headers).end(text);
      else replace(response);
    } catch {
      response.destroy();
    }
  }

  async #pass({ method, url, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
    const { host, port } = this.#target;
    const sent = request({ host, port, method, path: url, headers }).end(body);
    const [answer]: IncomingMessage[] = await once(sent, "response");
    if (answer === undefined) throw new Error("The server gave no answer.");
    return answer;
  }
}

/**
 * Tries wrong answers in place of every answer that `work` gets. `work` receives the proxy's address, and rejects if
 * something is wrong with what it saw. `prepare` runs before each try.
 */
export async function tryWrongAnswers(
  target: Endpoint,
  prepare: () => Promise<void>,
  work: (endpoint: Endpoint, replacement: Replacement | undefined) => Promise<void>,
): Promise<{ tries: number }> {
  await prepare();
  await using counter = await WrongAnswers.start(target);
  await work(counter.endpoint, undefined);
  let tries = 0;
  for (const replacement of replacementsOf(counter.calls)) {
    await prepare();
    await using proxy = await WrongAnswers.start(target, replacement);
    tries++;
    await work(proxy.endpoint, replacement).catch((cause: unknown) => {
      const { call, by, afterTheServer } = replacement;
      const order = afterTheServer === true ? "after the server did it" : "in place of the server";
      throw new Error(`With ${by} as answer to call ${call} (${counter.calls[call - 1]}), ${order}: ${String(cause)}`, {
        cause,
      });
    });
  }
  return { tries };
}

function* replacementsOf(calls: readonly string[]): Iterable<Replacement> {
  for (const [index, line] of calls.entries()) {
    for (const by of Object.keys(wrongAnswers)) {
      if (!isWrongAnswer(by) || !(usual.includes(by) || isWholeContract())) continue;
      yield { call: index + 1, by };
      // A look leaves the server as it was, so that only a write can be done and then be answered wrongly.
      if (!line.startsWith("GET ")) yield { call: index + 1, by, afterTheServer: true };
    }
  }
}

const isWrongAnswer = (name: string): name is WrongAnswer => Object.hasOwn(wrongAnswers, name);

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  return Buffer.concat(chunks);
}
