import { resolveSecret, type Connecting } from "@nixops4-resources/protocol-core";
import { HttpReader, HttpWriter, type Answer, type Target, type WriteMethod } from "@nixops4-resources/protocol-http";
import { explainAnswer, explainFailure } from "./failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** A zone with all its records is one answer. */
const largestAnswerBytes = 256 * 1024 * 1024;

/** Requests that look. */
export class PowerdnsReader implements AsyncDisposable {
  protected readonly settings: PowerdnsSettings;
  readonly #http: HttpReader;

  constructor(
    settings: PowerdnsSettings,
    request: Connecting,
    http: HttpReader = new HttpReader(targetOf(settings), request),
  ) {
    this.settings = settings;
    this.#http = http;
  }

  /** The server as messages call it; locks are named after it. */
  get url(): string {
    return this.settings.url;
  }

  /** The content at a path below the server's own; undefined if the server reports that nothing exists there. */
  async get(path: string): Promise<unknown> {
    const answer = await explained(this.#http.get(this.at(path)));
    return answer.status === 404 ? undefined : explainAnswer(this.settings, answer.status, answer.text);
  }

  protected at(path: string): string {
    return `/api/v1/servers/${this.settings.serverId}/${path}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

/** Requests that look and write. */
export class PowerdnsWriter extends PowerdnsReader {
  readonly #http: HttpWriter;

  constructor(settings: PowerdnsSettings, request: Connecting) {
    const http = new HttpWriter(targetOf(settings), request);
    super(settings, request, http);
    this.#http = http;
  }

  /** Returns the server's answer; throws the server's message if it refuses. */
  async write(method: WriteMethod, path: string, body?: unknown): Promise<unknown> {
    const { status, text } = await explained(this.#http.write(method, this.at(path), body));
    return explainAnswer(this.settings, status, text);
  }
}

/** A zone's id in a path: what is not plain is `=` and two hexadecimal digits (apiZoneNameToId in PowerDNS' ws-api.cc). */
export const zonePath = (zone: string): string =>
  `zones/${zone.replaceAll(/[^\w.-]/g, (character) => `=${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`)}`;

async function explained(answer: Promise<Answer>): Promise<Answer> {
  try {
    return await answer;
  } catch (error) {
    throw explainFailure(error);
  }
}

const targetOf = ({ url, apiKey, ca }: PowerdnsSettings): Target => ({
  url,
  tls: { caFile: ca, pins: [] },
  inputs: {
    url: "connection.powerdns.url",
    caFile: "connection.powerdns.ca",
    credential: "connection.powerdns.apiKey",
  },
  authorize: async () => ({ "X-API-Key": (await resolveSecret(apiKey, `the API key of ${url}`)).revealHeader() }),
  largestAnswerBytes,
  // The backend decides what to do about a failed request.
  tries: 1,
});
