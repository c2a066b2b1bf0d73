import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Directory } from "../domain/directory.ts";
import { Panic } from "../domain/panic.ts";
import type { Log } from "../log.ts";
import { AuthRoutes } from "./auth-routes.ts";
import { json, plain, Rejection, type Answer } from "./exchange.ts";
import { GraphqlRoute } from "./graphql-route.ts";
import type { Tokens } from "./tokens.ts";

type Handler = (request: IncomingMessage, parameters: URLSearchParams) => Answer | Promise<Answer>;

/** lldap's HTTP server without its web pages. Source: server/src/tcp_server.rs: http_config */
export function httpServer(directory: Directory, tokens: Tokens, log: Log): Server {
  const auth = new AuthRoutes(directory, tokens);
  const graphql = new GraphqlRoute(directory, tokens);
  const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
    "/health": { GET: () => ({ status: 200 }) },
    "/settings": { GET: () => json(200, { password_reset_enabled: false }) },
    "/auth/simple/login": { POST: (request) => auth.logIn(request) },
    "/auth/refresh": { GET: (request) => auth.refresh(request) },
    "/auth/logout": { GET: (request) => auth.logOut(request) },
    "/api/graphql": {
      POST: (request) => graphql.post(request),
      GET: (request, parameters) => graphql.get(request, parameters),
    },
  };
  return createServer((request, response) => {
    void respond(routes, request, response, log);
  });
}

async function respond(
  routes: Readonly<Record<string, Readonly<Record<string, Handler>>>>,
  request: IncomingMessage,
  response: ServerResponse,
  log: Log,
): Promise<void> {
  const method = request.method ?? "";
  const [pathname = "", query] = (request.url ?? "/").split("?", 2);
  const searchParams = new URLSearchParams(query);
  try {
    const answer = await answerOf(routes[pathname], method, pathname, request, searchParams);
    log(`http ${method} ${pathname} ${answer.status}${answer.forLog === undefined ? "" : ` ${answer.forLog}`}`);
    send(response, answer);
  } catch (error) {
    log(`http ${method} ${pathname} ${error instanceof Panic ? "panic" : "bug of the emulator"}: ${String(error)}`);
    request.destroy();
  }
}

async function answerOf(
  handlers: Readonly<Record<string, Handler>> | undefined,
  method: string,
  pathname: string,
  request: IncomingMessage,
  parameters: URLSearchParams,
): Promise<Answer> {
  const handler = handlers?.[method];
  if (handler === undefined) {
    // Every other path is a file of the web pages, which are missing.
    if (handlers === undefined || !isResource(pathname)) return plain(404, "No such file or directory (os error 2)");
    return { status: 405, headers: { allow: Object.keys(handlers).join(", ") } };
  }
  try {
    return await handler(request, parameters);
  } catch (error) {
    if (error instanceof Rejection) return error.answer;
    throw error;
  }
}

/** A route without a resource leaves other methods to the web pages. */
const isResource = (pathname: string): boolean => pathname !== "/health" && pathname !== "/settings";

function send(response: ServerResponse, { status, headers = {}, cookies = [], body = "" }: Answer): void {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (cookies.length > 0) response.setHeader("set-cookie", cookies);
  response.setHeader("content-length", Buffer.byteLength(body));
  response.writeHead(status).end(body);
}
