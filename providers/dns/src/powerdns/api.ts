import { readFileSync } from "node:fs";
import type { ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import { resolveSecret, waitFor, type Connecting } from "@nixops4-resources/protocol-core";
import { failure } from "../failure.ts";
import { explainAnswer, explainFailure } from "./failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** What every request has: the key, and for TLS whom to trust. */
interface Options extends Omit<RequestOptions, "headers"> {
  headers: Record<string, string>;
  ca?: string;
}

/** Requests that look. */
export class PowerdnsReader implements AsyncDisposable {
  protected readonly settings: PowerdnsSettings;
  readonly #signal: AbortSignal;
  #options: Promise<Options> | undefined;

  constructor(settings: PowerdnsSettings, { signal }: Connecting) {
    this.settings = settings;
    this.#signal = signal;
  }

  /** What the server is called in messages, and what a lock is named after. */
  get url(): string {
    return this.settings.url;
  }

  /** What there is at a path below the server's own; undefined where the server says that there is nothing. */
  async get(path: string): Promise<unknown> {
    const { status, text } = await this.send("GET", path);
    return status === 404 ? undefined : explainAnswer(this.settings, status, text);
  }

  /** The answer to a request, whatever its status. */
  protected async send(method: string, path: string, body?: unknown): Promise<{ status: number; text: string }> {
    const { url, serverId } = this.settings;
    const at = new URL(`${url.replace(/\/$/, "")}/api/v1/servers/${serverId}/${path}`);
    this.#options ??= optionsFor(this.settings);
    const options = { ...(await this.#options), method, signal: this.#signal };
    try {
      return await waitFor(`an answer of ${url}`, async () => await exchange(at, options, body));
    } catch (error) {
      throw explainFailure(this.settings, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Every request has a connection of its own: the server closes them after each.
  }
}

/** Requests that look and write. */
export class PowerdnsWriter extends PowerdnsReader {
  /** Gives what the server answers; throws its words where it refuses. */
  async write(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await this.send(method, path, body);
    return explainAnswer(this.settings, status, text);
  }
}

/** A zone's id in a path: what is not plain is `=` and two hexadecimal digits (apiZoneNameToId in PowerDNS' ws-api.cc). */
export const zonePath = (zone: string): string =>
  `zones/${zone.replaceAll(/[^\w.-]/g, (character) => `=${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`)}`;

async function optionsFor({ url, apiKey, ca }: PowerdnsSettings): Promise<Options> {
  const key = await resolveSecret(apiKey, `the API key of ${url}`);
  return {
    agent: false,
    headers: { "X-API-Key": key.reveal(), Accept: "application/json" },
    ...(ca !== null && { ca: readAuthorities(ca) }),
  };
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "it cannot be opened";
    const hint = "Put the authorities there, readable for the user who runs nixops4, or change `ca` of the connection";
    throw failure(`${file} cannot be read: ${why}`, "dns.tls.file", hint, cause);
  }
}

async function exchange(url: URL, options: Options, body: unknown): Promise<{ status: number; text: string }> {
  const { request } = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const text = body === undefined ? undefined : JSON.stringify(body);
  const headers = { ...options.headers, ...(text !== undefined && { "Content-Type": "application/json" }) };
  return await new Promise((resolve, reject) => {
    const sent: ClientRequest = request(url, { ...options, headers }, (answer: IncomingMessage) => {
      let received = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => (received += piece));
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: received }));
    });
    sent.on("error", reject);
    sent.end(text);
  });
}
