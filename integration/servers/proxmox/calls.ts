import { request } from "node:https";
import type { Method } from "./server.ts";

/** Where the calls of an administrator go. */
export interface Administrator {
  readonly host: string;
  readonly port: number;
  readonly token: string;
  readonly fingerprint: string;
}

/** Calls the API as the administrator. Throws the status line and the body of an error. */
export async function callAs(
  administrator: Administrator,
  method: Method,
  path: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const isInBody = method === "POST" || method === "PUT";
  const query = isInBody ? "" : queryOf(path, parameters);
  const body = isInBody ? Buffer.from(JSON.stringify(parameters)) : undefined;
  const { status, reason, text } = await send(administrator, method, `/api2/json${path}${query}`, body);
  if (status !== 200) throw new Error(`${method} ${path}: ${status} ${reason} ${text}`);
  const answer: { data?: unknown } = JSON.parse(text);
  return answer.data;
}

function queryOf(path: string, parameters: Readonly<Record<string, unknown>>): string {
  const pairs = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  if (pairs.length === 0) return "";
  return `${path.includes("?") ? "&" : "?"}${new URLSearchParams(pairs).toString()}`;
}

interface Reply {
  readonly status: number;
  readonly reason: string;
  readonly text: string;
}

function send(administrator: Administrator, method: Method, path: string, body: Buffer | undefined): Promise<Reply> {
  const { host, port, token, fingerprint } = administrator;
  return new Promise((resolve, reject) => {
    const sent = request({
      host,
      port,
      path,
      method,
      agent: false,
      // The pin below identifies the server; the token is sent only afterwards.
      rejectUnauthorized: false,
      headers: {
        Authorization: `PVEAPIToken=${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json", "Content-Length": body.length }),
      },
    });
    sent.on("socket", (socket) => {
      socket.once("secureConnect", () => {
        const certificate = "getPeerCertificate" in socket ? fingerprintOf(socket) : undefined;
        if (certificate === fingerprint) sent.end(body);
        else sent.destroy(new Error(`The server at ${host}:${port} has another certificate: ${certificate}`));
      });
    });
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, reason: response.statusMessage ?? "", text });
      });
    });
  });
}

function fingerprintOf(socket: { getPeerCertificate?: unknown }): string | undefined {
  const { getPeerCertificate } = socket;
  if (typeof getPeerCertificate !== "function") return undefined;
  const certificate: { fingerprint256?: string } = getPeerCertificate.call(socket);
  return certificate.fingerprint256;
}
