import { messageOf, retry, takeSlot, waitFor, type Connecting, type Slot } from "@nixops4-resources/protocol-core";
import type { ClientAgents } from "./agents.ts";
import type { Answer } from "./answer.ts";
import { contentOf, type StreamedBody } from "./body.ts";
import { exchange } from "./exchange.ts";
import { wasLost, wasRefused, wasSilent } from "./failure.ts";
import { canonicalHost } from "./loopback.ts";
import { redirect } from "./refusal.ts";
import { inputNames, type Headers, type LogIn, type Target } from "./target.ts";

/** Conditions of a write: it takes effect only if the thing is still as it was seen. */
export interface ConditionalHeaders {
  /** Version that the last look saw (`Answer.etag`). */
  readonly ifMatch?: string;
  /** Creates only: the thing must not exist. */
  readonly ifAbsent?: true;
}

export type WriteMethod = "DELETE" | "PATCH" | "POST" | "PUT";

/** The server waited too long for the request, and did nothing. https://www.rfc-editor.org/rfc/rfc9110#status.408 */
const notReceived = 408;

/** Statuses of a server that is busy or restarting. */
const passing = new Set([notReceived, 429, 502, 503, 504]);

interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly headers: Headers;
  readonly writes: boolean;
  /** Whether it is sent without credentials, since it asks for them. */
  readonly isLogin?: boolean;
}

/** A server, for looking only. Requests are repeated if the connection fails or the server is busy. */
export class HttpReader implements AsyncDisposable {
  protected readonly target: Target;
  readonly #signal: AbortSignal;
  readonly #closing = new AbortController();
  #agents: Promise<ClientAgents> | undefined;
  #credentials: Promise<Headers> | undefined;
  #slot: Promise<Slot> | undefined;
  /** Requests that have no answer yet. */
  #inHand = 0;

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
    const once = (): Promise<Answer> => this.#exchange({ method, path, body, headers, writes: true });
    return this.#repeating(once, { isPassing: (status) => status === notReceived, isSafe: wasRefused });
  }

  #read(method: string, path: string, body?: unknown, isLogin = false): Promise<Answer> {
    const once = (): Promise<Answer> => this.#exchange({ method, path, body, headers: {}, writes: false, isLogin });
    const isPassing = (status: number): boolean => passing.has(status) || this.target.busy?.includes(status) === true;
    return this.#repeating(once, { isPassing, isSafe: neverAnswered });
  }

  async #repeating(
    once: () => Promise<Answer>,
    { isPassing, isSafe }: { isPassing: (status: number) => boolean; isSafe: (error: unknown) => boolean },
  ): Promise<Answer> {
    const work = async (): Promise<Answer> => {
      const answer = await once();
      if (isPassing(answer.status)) throw new Passing(answer);
      return answer;
    };
    try {
      return await retry(work, { isSafe: (error) => error instanceof Passing || isSafe(error), tries: this.#tries });
    } catch (error) {
      if (error instanceof Passing) return error.answer;
      throw error;
    }
  }

  get #tries(): number {
    return this.target.tries ?? 4;
  }

  async #exchange({ method, path, body, headers, writes, isLogin = false }: Exchange): Promise<Answer> {
    const { url: urlInput, credential: credentialInput } = inputNames(this.target);
    const asked = { url: this.url, method, path, writes, urlInput, credentialInput };
    const { content, sent } = contentOf(body);
    const send = async (): Promise<Answer> => {
      await this.#takePlace();
      const all = { ...content, ...headers, ...(isLogin ? {} : await this.#authorize()) };
      const outgoing = { asked, headers: all, body: sent, signal: this.#signal };
      this.#agents ??= agentsFor(this.target);
      const agents = await this.#agents;
      return await this.#untilConnected(() =>
        agents.use((agent) => exchange(this.target, agent, outgoing), { writes }),
      );
    };
    this.#inHand++;
    try {
      return await waitFor(`an answer of ${this.url}`, async () => {
        let answer = await send();
        if (answer.status === 401 && this.target.renews === true && !isLogin) {
          this.#credentials = undefined;
          answer = await send();
        }
        if (answer.status >= 300 && answer.status < 400 && answer.status !== 304) throw redirect(answer);
        return answer;
      });
    } finally {
      this.#inHand--;
    }
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

  /** Before the first request; given back with the client. */
  async #takePlace(): Promise<void> {
    const { places, url } = this.target;
    if (places === undefined) return;
    const { protocol, hostname, port } = new URL(url);
    this.#slot ??= takeSlot(
      `${protocol}${canonicalHost(hostname)}:${port}`,
      places,
      `one of ${places} places at ${url}`,
    );
    await this.#slot;
  }

  async #authorize(): Promise<Headers> {
    const logIn: LogIn = (path, body) => this.#read("POST", path, body, true);
    this.#credentials ??= this.target.authorize?.(logIn) ?? Promise.resolve({});
    return await this.#credentials;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Requests that nobody waits for any more. Without one, the abort would only cost time.
    if (this.#inHand > 0) this.#closing.abort();
    await (await this.#agents)?.[Symbol.asyncDispose]();
    (await this.#slot?.catch(() => undefined))?.[Symbol.dispose]();
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

  /** Sends a body while it is read. It is a write as every other. */
  upload(path: string, body: StreamedBody): Promise<Answer> {
    return this.send("POST", path, body, {});
  }
}

const neverAnswered = (error: unknown): boolean => wasRefused(error) || wasLost(error);

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
const agentsFor = async (target: Target): Promise<ClientAgents> =>
  new (await import("./agents.ts")).ClientAgents(target);
