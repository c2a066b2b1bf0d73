import type { IncomingHttpHeaders } from "node:http";
import type * as z from "zod/mini";
import { invalidAnswer, refusal } from "./refusal.ts";

/** The request, for messages. */
export interface Asked {
  readonly url: string;
  readonly method: string;
  readonly path: string;
  /** Whether the request may have changed something at the server. */
  readonly writes: boolean;
  /** Names of inputs, for hints. */
  readonly urlInput: string;
  readonly credentialInput: string;
}

/** A whole answer, whatever its status. */
export class Answer {
  readonly asked: Asked;
  readonly status: number;
  /** The phrase behind the status; some servers put their message there. */
  readonly reason: string;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;

  constructor(asked: Asked, status: number, reason: string, headers: IncomingHttpHeaders, bytes: Buffer) {
    this.asked = asked;
    this.status = status;
    this.reason = reason;
    this.headers = headers;
    this.bytes = bytes;
  }

  get text(): string {
    return this.bytes.toString("utf8");
  }

  /** Version of what the answer shows, for `ifMatch`. */
  get etag(): string | undefined {
    return this.headers.etag;
  }

  get isSuccess(): boolean {
    return this.status >= 200 && this.status < 300;
  }

  /** This answer if it is a success. Otherwise throws with the server's reason and message. */
  accepted(): this {
    if (this.isSuccess) return this;
    throw refusal(this);
  }

  /** The JSON in the answer. Throws with what it is instead: a proxy's web page is no fact about a resource. */
  json(): unknown {
    const value = this.tryJson();
    if (value !== undefined) return value;
    throw invalidAnswer(this);
  }

  /** The JSON in the answer, which must have this form. */
  as<T>(schema: z.ZodMiniType<T>): T {
    const { data, success, error } = schema.safeParse(this.json());
    if (success) return data;
    throw invalidAnswer(this, error.issues[0]?.path.join("."));
  }

  /** The JSON in the answer; undefined if it contains none. */
  tryJson(): unknown {
    if (!/^application\/([\w.-]+\+)?json\b/i.test(this.headers["content-type"] ?? "")) return undefined;
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}
