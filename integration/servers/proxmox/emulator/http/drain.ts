import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

const pause = 100;
const longest = 2000;

/**
 * Reads the rest of a body that nobody wants, until the client pauses: with unread data the end of the connection would be
 * a reset, which can overtake the answer.
 */
export async function drain(request: IncomingMessage): Promise<void> {
  // A body without a length, which looks like another request.
  if (request.headers["content-length"] === undefined && hasBody(request)) await sleep(pause);
  const { socket } = request;
  request.resume();
  for (let waited = 0; !request.complete && !request.destroyed && waited < longest; waited += pause) {
    const before = socket.bytesRead;
    await sleep(pause);
    if (socket.bytesRead === before) return;
  }
}

const hasBody = ({ method }: IncomingMessage): boolean => method === "POST" || method === "PUT";
