import { resolveSecret, type Connecting } from "@nixops4-resources/protocol-core";
import { HttpReader, HttpWriter, type Answer, type Target, type WriteMethod } from "@nixops4-resources/protocol-http";
import type * as z from "zod/mini";
import { explainAnswer, explainFailure, notEmpty } from "./failure.ts";
import type { PowerdnsSettings } from "./settings.ts";

/** A zone with all its records is one answer: this is enough for 300,000 records. */
const largestAnswerBytes = 32 * 1024 * 1024;

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

  /** The server as messages call it. */
  get url(): string {
    return this.settings.url;
  }

  get serverId(): string {
    return this.settings.serverId;
  }

  /**
   * The content at a path below the server's own, which must have this form. Throws for everything else: a 404 proves
   * nothing, since a wrong base path and a wrong server id answer it too (see `isListed`).
   */
  async get<T>(path: string, schema: z.ZodMiniType<T>): Promise<T> {
    return await this.explained(this.#http.get(this.at(path)), (answer) => answer.as(schema));
  }

  /** What `use` finds in a successful answer. A failure at any stage is explained in the words of this provider. */
  protected async explained<T>(answer: Promise<Answer>, use: (answer: Answer) => T): Promise<T> {
    try {
      return use(explainAnswer(this.settings, await answer));
    } catch (error) {
      throw explainFailure(error);
    }
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

  /** Writes something that the server confirms without content (204). Throws the server's message if it refuses. */
  async write(method: WriteMethod, path: string, body?: unknown): Promise<void> {
    await this.explained(this.#http.write(method, this.at(path), body), (answer) => {
      if (answer.status !== 204) throw notEmpty(this.settings, answer);
    });
  }

  /** Writes something that the server confirms with content of this form. */
  async writeFor<T>(method: WriteMethod, path: string, body: unknown, schema: z.ZodMiniType<T>): Promise<T> {
    return await this.explained(this.#http.write(method, this.at(path), body), (answer) => answer.as(schema));
  }
}

/** A zone's id in a path: what is not plain is `=` and two hexadecimal digits (apiZoneNameToId in PowerDNS' ws-api.cc). */
export const zonePath = (zone: string): string =>
  `zones/${zone.replaceAll(/[^\w.-]/g, (character) => `=${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}`)}`;

const targetOf = ({ url, apiKey, ca, allowPlaintext }: PowerdnsSettings): Target => ({
  url,
  tls: { caFile: ca, pins: [] },
  allowPlaintext,
  inputs: {
    url: "connection.powerdns.url",
    caFile: "connection.powerdns.ca",
    credential: "connection.powerdns.apiKey",
  },
  authorize: async () => ({ "X-API-Key": (await resolveSecret(apiKey, `the API key of ${url}`)).revealHeader() }),
  largestAnswerBytes,
});
