import type { Agent, ClientRequest, IncomingMessage } from "node:http";
import { Answer, type Asked } from "./answer.ts";
import type { StreamedBody } from "./body.ts";
import { explainFailure, tooLarge } from "./failure.ts";
import type { Headers, Target } from "./target.ts";

/** Far more than an API sends at once, and little enough to hold in memory. */
const largestAnswerBytes = 16 * 1024 * 1024;

/** One request, as it is sent. */
export interface Outgoing {
  readonly asked: Asked;
  readonly headers: Headers;
  readonly body: string | StreamedBody | undefined;
  readonly signal: AbortSignal;
}

/** Sends one request and receives its whole answer, whatever its status. */
export async function exchange(target: Target, agent: Agent, outgoing: Outgoing): Promise<Answer> {
  const { request } = await import("node:http");
  const { host, pathname } = new URL(target.url);
  const { asked, body, signal } = outgoing;
  const options = {
    agent,
    signal,
    // For the agent: `signal` itself is not passed on to it.
    openingSignal: signal,
    method: asked.method,
    path: pathname.replace(/\/$/, "") + asked.path,
    headers: { Host: host, Accept: "application/json", ...outgoing.headers },
  };
  for (;;) {
    let sent: ClientRequest | undefined;
    let isSent = false;
    try {
      return await new Promise((resolve, reject) => {
        sent = request(options)
          .once("socket", () => (isSent = true))
          .once("response", (answer) => void receive(target, asked, answer).then(resolve, reject))
          .on("error", reject);
        send(sent, body);
      });
    } catch (error) {
      sent?.destroy();
      // The server closed a kept connection as we used it again. A read starts over, at last on a new connection.
      if (!asked.writes && sent?.reusedSocket === true && isReset(error)) continue;
      throw explainFailure(error, target, asked, isSent);
    }
  }
}

function send(to: ClientRequest, body: Outgoing["body"]): void {
  if (typeof body !== "object") {
    to.end(body);
    return;
  }
  body
    .open()
    .on("error", (error) => to.destroy(error))
    .pipe(to);
}

async function receive(target: Target, asked: Asked, answer: IncomingMessage): Promise<Answer> {
  const limit = target.largestAnswerBytes ?? largestAnswerBytes;
  const { statusCode = 0, statusMessage = "", headers } = answer;
  if (asked.method !== "HEAD" && Number(headers["content-length"] ?? 0) > limit) throw tooLarge(target, asked, limit);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer) {
    chunks.push(chunk);
    size += chunk.length;
    if (size > limit) throw tooLarge(target, asked, limit);
  }
  return new Answer(asked, statusCode, statusMessage, headers, Buffer.concat(chunks));
}

const isReset = (error: unknown): boolean =>
  error instanceof Error && "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
