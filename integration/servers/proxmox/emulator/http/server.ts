import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { failed, send, type Answer } from "./answer.ts";
import type { Api, Exchange } from "./api.ts";
import { drain } from "./drain.ts";
import type { Faults } from "../control/faults.ts";
import type { Log } from "../log.ts";
import { NoAnswer, Refusal } from "../refusal.ts";

const prefix = "/api2/json";

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The HTTPS server of a node, as pveproxy. */
export function httpsServer(certificate: Certificate, api: Api, faults: Faults, log: Log): Server {
  const server = createServer({ ...certificate, requireHostHeader: false }, (request, response) => {
    void respond(api, faults, log, request, response);
  });
  // Idle connections end after 5 s. Reference: section 1.2
  server.keepAliveTimeout = 5000;
  server.keepAliveTimeoutBuffer = 0;
  // A body without Content-Length looks like a broken second request; the answer to the first one comes nevertheless.
  server.on("clientError", (_error, socket) => setTimeout(() => socket.destroy(), 2000).unref());
  return server;
}

async function respond(
  api: Api,
  faults: Faults,
  log: Log,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [pathname = "", query = ""] = (request.url ?? "/").split("?", 2);
  const method = request.method ?? "";
  const path = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : pathname;
  const exchange: Exchange = { request, method, path, query, caller: "" };
  const fault = faults.forRequest(method, path);
  const logged = (outcome: string): void => log(`${method} ${path} ${exchange.caller || "-"} ${outcome}`);
  if (fault?.fault === "delay" && fault.when === "instead") await sleep(fault.milliseconds);
  const isReplaced = fault !== undefined && fault.fault !== "delay";
  const answer = isReplaced && fault.when === "instead" ? undefined : await answerOf(api, exchange, pathname);
  if (fault?.fault === "delay" && fault.when === "afterwards") await sleep(fault.milliseconds);
  if (answer === "no answer" || fault?.fault === "reset") {
    logged("connection closed");
    request.socket.destroy();
    return;
  }
  const sent: Answer = fault?.fault === "answer" ? proxyError(fault.status, fault.reason) : (answer ?? proxyError(596));
  logged(`${sent.status}${isReplaced && answer !== undefined ? ` instead of ${answer.status}` : ""}`);
  if (sent.status >= 400) await drain(request);
  send(response, sent);
}

async function answerOf(api: Api, exchange: Exchange, pathname: string): Promise<Answer | "no answer"> {
  try {
    if (!pathname.startsWith(`${prefix}/`)) throw new Refusal(501, `not emulated: ${pathname}`);
    return await api.answer(exchange);
  } catch (error) {
    return error instanceof NoAnswer ? "no answer" : failed(error);
  }
}

/** Reference: section 1.1 */
const reasons: Readonly<Record<number, string>> = {
  595: "No route to host",
  596: "Connection timed out",
  599: "Too many redirections",
};

const proxyError = (status: number, reason?: string): Answer => ({
  status,
  reason: reason ?? reasons[status] ?? "Error",
  body: "",
});
