import { log, type ClientRequest } from "@nixops4-resources/protocol-core";
import { HttpReader, type Answer } from "@nixops4-resources/protocol-http";
import * as z from "zod/mini";
import { targetOf, tokenOf, type Connection } from "../connection.ts";
import { refusal, rejectionIn, type InputNames } from "./rejection.ts";
import type { TokenParts } from "./token-text.ts";

/** Parameters of a call by Proxmox's names. */
export type Parameters = Readonly<Record<string, string | number | undefined>>;

/** What every token may ask. */
const apiVersion = z.object({ version: z.string() });

/** Below the base URL. Answers of other formats have other paths. */
const root = "/api2/json";

/** Proxmox's API, for looking only. */
export class ProxmoxReader implements AsyncDisposable {
  readonly connection: Connection;
  readonly #http: HttpReader;
  readonly #request: ClientRequest;
  readonly #warned = new Set<string>();

  constructor(connection: Connection, request: ClientRequest, http = new HttpReader(targetOf(connection), request)) {
    this.connection = connection;
    this.#http = http;
    this.#request = request;
  }

  /** False for a destroy request: it compares nothing, and the sources of secrets may already be gone. */
  get needsSecrets(): boolean {
    return this.#request.needsSecrets;
  }

  /** Warns once per request, although a request looks several times. */
  warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    log.warn(message);
  }

  /** What the call shows. Throws why Proxmox rejected it. */
  async get<T>(path: string, shape: z.ZodMiniType<T>, query: Parameters = {}): Promise<T> {
    return dataOf(await this.#http.get(pathWith(path, query)), shape);
  }

  /** The same, but undefined if Proxmox says, in exactly these words, that the object does not exist. */
  async find<T>(
    path: string,
    shape: z.ZodMiniType<T>,
    missing: string,
    query: Parameters = {},
  ): Promise<T | undefined> {
    const answer = await this.#http.get(pathWith(path, query));
    if (answer.status === 500 && rejectionIn(answer)?.words === missing) return undefined;
    return dataOf(answer, shape);
  }

  /** The token that the provider uses. */
  async ownToken(): Promise<TokenParts> {
    return await tokenOf(this.connection);
  }

  /** Whether the cluster accepts another token. It rejects one that has expired, or whose user is disabled. */
  async accepts({ text }: TokenParts): Promise<boolean> {
    const authorize = async () => ({ Authorization: `PVEAPIToken=${text}` });
    await using http = new HttpReader({ ...targetOf(this.connection), authorize }, this.#request);
    const answer = await http.get(pathWith("/version", {}));
    if (answer.status === 401) return false;
    dataOf(answer, apiVersion);
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#http[Symbol.asyncDispose]();
  }
}

/** The data of a successful answer. */
export function dataOf<T>(answer: Answer, shape: z.ZodMiniType<T>, names: InputNames = {}): T {
  if (!answer.isSuccess) throw refusal(answer, names);
  return answer.as(z.object({ data: shape })).data;
}

/** The path with its query; parameters without a value are left out. */
export function pathWith(path: string, query: Parameters): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join("&");
  return `${root}${path}${text === "" ? "" : `?${text}`}`;
}

export const connectReader = async (connection: Connection, request: ClientRequest): Promise<ProxmoxReader> =>
  new ProxmoxReader(connection, request);
