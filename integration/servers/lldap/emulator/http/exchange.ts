import type { IncomingMessage } from "node:http";

/** An answer of HTTP. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly string[];
  readonly body?: string;
  /** What the log says about the request, beside its path. */
  readonly forLog?: string;
}

/** An error that ends the request with this answer. */
export class Rejection extends Error {
  override readonly name = "Rejection";
  readonly answer: Answer;

  constructor(answer: Answer, options?: ErrorOptions) {
    super(answer.body ?? "", options);
    this.answer = answer;
  }
}

export const plain = (status: number, body: string): Answer => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8" },
  body,
});

/** An error of a handler, which names no type. Source: server/src/tcp_server.rs: error_to_http_response */
export const bare = (status: number, body: string): Answer => ({ status, body });

export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { "content-type": "application/json" },
  body: JSON.stringify(value),
});

/** The whole body. Throws `Rejection` with `tooLarge` as soon as it is longer than `limit`, or with 400 if it is no text. */
export async function bodyOf(request: IncomingMessage, limit: number, tooLarge: string): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLong(tooLarge);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) throw tooLong(tooLarge);
    chunks.push(bytes);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new Rejection(plain(400, "Can not decode body"), { cause: error });
  }
}

/** The rest of the body is not read, so that the connection ends. */
function tooLong(reason: string): Rejection {
  const { headers, ...answer } = plain(413, reason);
  return new Rejection({ ...answer, headers: { ...headers, connection: "close" } });
}

/** The type of the body, without its parameters. */
export const contentType = (request: IncomingMessage): string =>
  (request.headers["content-type"] ?? "").split(";")[0]?.trim().toLowerCase() ?? "";

export function parseJson(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Rejection(plain(400, `Json deserialize error: ${reason}`), { cause: error });
  }
}

/** The value of a cookie, if the client sent it. */
export function cookie(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}
