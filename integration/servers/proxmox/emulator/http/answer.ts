import type { ServerResponse } from "node:http";
import { Refusal } from "../refusal.ts";

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly body: string;
}

/** A page of a list, whose length stands beside `data`. */
export class Page {
  readonly data: readonly unknown[];
  readonly total: number;

  constructor(data: readonly unknown[], total: number) {
    this.data = data;
    this.total = total;
  }
}

export function success(data: unknown): Answer {
  const content = data instanceof Page ? { data: data.data, total: data.total } : { data: data ?? null };
  return { status: 200, reason: "OK", body: JSON.stringify(content) };
}

/** The answer for an error: its text is also the reason phrase, without its further lines. Reference: section 1.1 */
export function failed(error: unknown): Answer {
  if (!(error instanceof Refusal)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { status: 500, reason: "bug of the emulator", body: JSON.stringify({ data: null, message: `${text}\n` }) };
  }
  const { status, message, errors, isBare } = error;
  const [reason = ""] = message.split("\n");
  if (isBare) return { status, reason, body: "" };
  const text = message.endsWith("\n") ? message : `${message}\n`;
  return {
    status,
    reason,
    body: JSON.stringify({ data: null, message: text, ...(errors === undefined ? {} : { errors }) }),
  };
}

/** Sends it, and ends the connection after an error. Reference: section 1.2 */
export function send(response: ServerResponse, { status, reason, body }: Answer): void {
  response.setHeader("Content-Type", "application/json;charset=UTF-8");
  response.setHeader("Content-Length", Buffer.byteLength(body));
  if (status >= 400) response.setHeader("Connection", "close");
  response.writeHead(status, reason.replaceAll(/[^\t\u0020-\u007e\u0080-\u00ff]/g, "?")).end(body);
}
