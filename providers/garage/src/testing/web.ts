import { once } from "node:events";
import { request, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import type { GarageServer } from "@nixops4-resources/integration-servers/garage/garage";

export interface WebAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What a browser sends to the website of a bucket, which answers by the host name. */
export async function visit(
  { webPort }: GarageServer,
  host: string,
  path: string,
  options: { readonly method?: string; readonly headers?: Readonly<Record<string, string>> } = {},
): Promise<WebAnswer> {
  const { method = "GET", headers = {} } = options;
  const sent = request({
    host: "127.0.0.1",
    port: webPort,
    method,
    path,
    headers: { ...headers, Host: host },
    agent: false,
  });
  sent.end();
  const [answer]: IncomingMessage[] = await once(sent, "response");
  if (answer === undefined) throw new TypeError("A response without a message");
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}
