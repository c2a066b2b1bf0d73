import type { Agent } from "node:http";
import { messageOf, retry, waitFor, type Connecting } from "@nixops4-resources/protocol-core";
import type { Answer } from "./answer.ts";
import { exchange } from "./exchange.ts";
import { wasLost, wasRefused, wasSilent } from "./failure.ts";
import { redirect } from "./refusal.ts";
import { inputNames, type Headers, type Target } from "./target.ts";

/** Conditions of a write: it takes effect only if the thing is still as it was seen. */
export interface ConditionalHeaders {
  /** Version that the last look saw (`Answer.etag`). */
  readonly ifMatch?: string;
  /** Creates only: the thing must not exist. */
  readonly ifAbsent?: true;
}

export type WriteMethod = "DELETE" | "PATCH" | "POST" | "PUT";

/** Statuses of a server that is busy or restarting. */
const passing = new Set([429, 502, 503, 504]);

/** A server, for looking only. Requests are repeated if the connection fails or the server is busy. */
export class HttpReader implements AsyncDisposable {
  protected readonly target: Target;
  readonly #signal: AbortSignal;
  readonly #closing = new AbortController();
  #agent: Promise<Agent> | undefined;
  #credentials: Promise<Headers> | undefined;

  constructor(target: Target, { signal }: Connecting) {
    this.target = target;
    this.#signal = AbortSignal.any([signal, this.#closing.signal]);
  }

  /** The server as messages call it. */
  get url(): string {
    return this.target.url;
  }

  get(path: string): Promise<Answer> {
    return this.#read("GET", path);
  }

  head(path: string): Promise<Answer> {
    return this.#read("HEAD", path);
  }

  /** A POST that only asks, such as a query in GraphQL: it is repeated as a GET is, so it must not change anything. */
  query(path: string, body: unknown): Promise<Answer> {
    return this.#read("POST", path, body);
  }

  /** A request that may change something: repeated only if it cannot have reached the server. */
  protected send(method: WriteMethod, path: string, body: unknown, headers: Headers): Promise<Answer> {
    const once = async (): Promise<Answer> => await this.#exchange(method, path, body, headers, true);
    return retry(once, { isSafe: wasRefused, tries: this.#tries });
  }

  async #read(method: string, path: string, body?: unknown): Promise<Answer> {
    const once = async (): Promise<Answer> => {
      const answer = await this.#exchange(method, path, body, {}, false);
      if (passing.has(answer.status)) throw new Passing(answer);
      return answer;
    };
    try {
      const isSafe = (error: unknown): boolean => error instanceof Passing || wasRefused(error) || wasLost(error);
      return await retry(once, { isSafe, tries: this.#tries });
    } catch (error) {
      if (error instanceof Passing) return error.answer;
      throw error;
    }
  }

  get #tries(): number {
    return this.target.tries ?? 4;
  }

  async #exchange(method: string, path: string, body: unknown, headers: Headers, writes: boolean): Promise<Answer> {
    const { url: urlInput, credential: credentialInput } = inputNames(this.target);
    const asked = { url: this.url, method, path, writes, urlInput, credentialInput };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const content: Headers = text === undefined ? {} : { "Content-Type": "application/json" };
    const send = async (): Promise<Answer> => {
      const all = { ...content, ...headers, ...(await this.#authorize()) };
      const outgoing = { asked, headers: all, body: text, signal: this.#signal };
      this.#agent ??= openAgentOf(this.target, this.#signal);
      const agent = await this.#agent;
      return await this.#untilConnected(() => exchange(this.target, agent, outgoing));
    };
    return await waitFor(`an answer of ${this.url}`, async () => {
      let answer = await send();
      if (answer.status === 401 && this.target.renews === true) {
        this.#credentials = undefined;
        answer = await send();
      }
      if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) throw redirect(answer);
      return answer;
    });
  }

  /** Nothing was sent by an attempt that got no connection, so it is repeated until the request's time is over. */
  async #untilConnected(attempt: () => Promise<Answer>): Promise<Answer> {
    try {
      return await attempt();
    } catch (error) {
      if (!wasSilent(error)) throw error;
      const isSafe = (again: unknown): boolean => wasSilent(again) && !this.#signal.aborted;
      const patiently = (): Promise<Answer> => retry(attempt, { isSafe, tries: Number.POSITIVE_INFINITY });
      return await waitFor(`a connection to ${this.url} (${messageOf(error)})`, patiently);
    }
  }

  async #authorize(): Promise<Headers> {
    this.#credentials ??= this.target.authorize?.() ?? Promise.resolve({});
    return await this.#credentials;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Also ends requests that nobody waits for any more.
    this.#closing.abort();
    (await this.#agent?.catch(() => undefined))?.destroy();
  }
}

/** The same server, for writing too. */
export class HttpWriter extends HttpReader {
  /** Sends a request that may change something. Throws `http.server.closed` if its outcome is unknown. */
  write(method: WriteMethod, path: string, body?: unknown, conditions: ConditionalHeaders = {}): Promise<Answer> {
    const { ifMatch, ifAbsent } = conditions;
    return this.send(method, path, body, {
      ...(ifMatch !== undefined && { "If-Match": ifMatch }),
      ...(ifAbsent === true && { "If-None-Match": "*" }),
    });
  }
}

/** A status that passes; the answer itself, if it does not. */
class Passing extends Error {
  override readonly name = "Passing";
  readonly answer: Answer;

  constructor(answer: Answer) {
    super(`${answer.asked.url} answers ${answer.status} ${answer.reason}`);
    this.answer = answer;
  }
}

/** Loaded with the first request. */
const openAgentOf = async (target: Target, signal: AbortSignal): Promise<Agent> =>
  await (await import("./socket.ts")).openAgent(target, signal);
