import type { Readable } from "node:stream";
import type { Headers } from "./target.ts";

/** A body that is sent while it is read, such as a file. */
export interface StreamedBody {
  readonly contentType: string;
  /** Size in bytes: some servers take no body of unknown length. */
  readonly length: number;
  /** Opens it from its beginning, once per attempt. */
  open(): Readable;
}

/** A body as it is sent, and the headers that describe it. Everything but a streamed body is sent as JSON. */
export function contentOf(body: unknown): { content: Headers; sent: string | StreamedBody | undefined } {
  if (body === undefined) return { content: {}, sent: undefined };
  if (!isStreamed(body)) return { content: { "Content-Type": "application/json" }, sent: JSON.stringify(body) };
  return { content: { "Content-Type": body.contentType, "Content-Length": String(body.length) }, sent: body };
}

const isStreamed = (body: unknown): body is StreamedBody =>
  typeof body === "object" && body !== null && "open" in body && typeof body.open === "function";
