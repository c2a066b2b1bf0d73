import { createSecretKey } from "node:crypto";
import {
  Connections,
  DnsClient,
  TransportError,
  type Message,
  type Question,
  type Rcode,
  type ResourceRecord,
  type UpdateRequest,
} from "@nixops4-resources/dns-client";
import {
  currentPools,
  messageOf,
  resolveSecret,
  retry,
  takeSlot,
  waitFor,
  type Connecting,
  type Slot,
} from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { nameOf } from "../name.ts";
import { badSecret, explainExchangeError } from "./failure.ts";
import type { Rfc2136Settings } from "./settings.ts";

/** Maximum number of requests that use a server at once, over all processes. BIND's default limit is 150 connections. */
const slots = 64;
/** Number of closed connections after which a request fails. */
const maxClosed = 3;

/** A name server. Retries requests, with a new signature, if a connection fails; all of them are safe to repeat. */
export class NameServer implements AsyncDisposable {
  readonly settings: Rfc2136Settings;
  readonly signal: AbortSignal;
  readonly #client: DnsClient;
  readonly #slot: Slot;

  constructor(settings: Rfc2136Settings, client: DnsClient, slot: Slot, signal: AbortSignal) {
    this.settings = settings;
    this.#client = client;
    this.#slot = slot;
    this.signal = signal;
    signal.addEventListener("abort", () => client[Symbol.dispose]());
  }

  static async connect(settings: Rfc2136Settings, { signal }: Connecting): Promise<NameServer> {
    const { host, port, tsig } = settings;
    const name = nameOf(tsig.name, "tsig.name");
    const text = (await resolveSecret(tsig.secret, `the TSIG key ${tsig.name}`)).revealText().trim();
    if (!/^(?:[\w+/-]{4})+(?:[\w+/-]{2}==|[\w+/-]{3}=)?$|^[\w+/-]{2}==$|^[\w+/-]{3}=$/.test(text))
      throw badSecret(settings);
    const key = { name, algorithm: tsig.algorithm, secret: createSecretKey(text, "base64") };
    const slot = await takeSlot(`dns:${addressOf(settings)}`, slots);
    const connections = currentPools()?.of(Connections);
    return new NameServer(settings, new DnsClient({ host, port, key, connections }), slot, signal);
  }

  async query(question: Question): Promise<Message> {
    return (await this.#request(() => this.#client.query(question))).answer;
  }

  /** The answer to a query without the key. It is not verified. */
  async queryUnsigned(question: Question, timeoutMs?: number): Promise<Message> {
    return (await this.#request(() => this.#client.queryUnsigned(question, timeoutMs))).answer;
  }

  async queryAll(questions: readonly Question[]): Promise<Message[]> {
    return (await this.#request(() => this.#client.queryAll(questions))).answer;
  }

  /**
   * The result of an update. If it was repeated, the server may have applied the first attempt; then a prerequisite may
   * fail because of our own change.
   */
  async update(update: UpdateRequest): Promise<{ rcode: Rcode; isRepeated: boolean }> {
    const { answer, isRepeated } = await this.#request(() => this.#client.update(update));
    return { rcode: answer.rcode, isRepeated };
  }

  /** All records of a zone, or the answer that refuses the transfer. */
  async transfer(zone: string): Promise<{ records: ResourceRecord[] } | { refusal: Message }> {
    return (await this.#request(() => this.#client.transfer(zone))).answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    this.#slot[Symbol.dispose]();
  }

  /** Nothing was sent by an attempt that got no connection, so it is repeated until the request's time is over. */
  async #untilConnected<T>(attempt: () => Promise<T>): Promise<T> {
    try {
      return await attempt();
    } catch (error) {
      if (!isUnconnected(error)) throw error;
      const isSafe = (again: unknown): boolean => isUnconnected(again) && !this.signal.aborted;
      const what = `a TCP connection to ${addressOf(this.settings)} (${messageOf(error)})`;
      return await waitFor(what, () => retry(attempt, { isSafe, tries: Number.POSITIVE_INFINITY }));
    }
  }

  async #request<T>(work: () => Promise<T>): Promise<{ answer: T; isRepeated: boolean }> {
    let tries = 0;
    let closed = 0;
    try {
      const answer = await retry(
        () => {
          tries++;
          return this.#untilConnected(work);
        },
        {
          // A server that refuses connections may be restarting if it accepted one before. Otherwise the address is wrong.
          isSafe: (error) =>
            error instanceof TransportError &&
            !this.signal.aborted &&
            (error.kind === "closed" ? ++closed < maxClosed : error.kind === "refused" && this.#client.hasConnected),
        },
      );
      return { answer, isRepeated: tries > 1 };
    } catch (error) {
      throw explainExchangeError(error, this.settings);
    }
  }
}

const isUnconnected = (error: unknown): boolean => error instanceof TransportError && error.kind === "unconnected";
