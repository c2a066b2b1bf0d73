import {
  DnsClient,
  TransportError,
  type Message,
  type Question,
  type Rcode,
  type ResourceRecord,
  type UpdateRequest,
} from "@nixops4-resources/dns-client";
import { resolveSecret, retry, takeSlot, type Connecting, type Slot } from "@nixops4-resources/protocol-core";
import { addressOf } from "../endpoint.ts";
import { nameOf } from "../name.ts";
import { badSecret, explain } from "./failure.ts";
import type { Rfc2136Settings } from "./settings.ts";

/** Requests that use a server at once, over all processes: BIND takes 150 connections unless told otherwise. */
const slots = 64;
/** How often a connection may be closed on us before that is an answer of its own. */
const mostClosed = 3;

/**
 * A name server, and patience with it: what is harmless to say twice is said again, signed anew, when a connection fails.
 * Every failure is in words for people.
 */
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
    const text = (await resolveSecret(tsig.secret, `the TSIG key ${tsig.name}`)).reveal().trim();
    if (!/^(?:[\w+/-]{4})+(?:[\w+/-]{2}==|[\w+/-]{3}=)?$|^[\w+/-]{2}==$|^[\w+/-]{3}=$/.test(text))
      throw badSecret(settings);
    const key = { name, algorithm: tsig.algorithm, secret: Buffer.from(text, "base64") };
    const slot = await takeSlot(`dns:${addressOf(settings)}`, slots);
    return new NameServer(settings, new DnsClient({ host, port, key }), slot, signal);
  }

  async query(question: Question, timeoutMs?: number): Promise<Message> {
    return (await this.#say(() => this.#client.query(question, timeoutMs))).answer;
  }

  /** What anybody is answered: nothing vouches for it. */
  async queryUnsigned(question: Question): Promise<Message> {
    const { host, port } = this.settings;
    using anybody = new DnsClient({ host, port });
    return (await this.#say(() => anybody.query(question))).answer;
  }

  async queryAll(questions: readonly Question[]): Promise<Message[]> {
    return (await this.#say(() => this.#client.queryAll(questions))).answer;
  }

  /**
   * What became of an update. Where it was said twice, the first time may have been heard: then prerequisites that fail
   * may fail by our own hand.
   */
  async update(update: UpdateRequest): Promise<{ rcode: Rcode; isRepeated: boolean }> {
    const { answer, isRepeated } = await this.#say(() => this.#client.update(update));
    return { rcode: answer.rcode, isRepeated };
  }

  /** All records of a zone, or how the server refuses to give them. */
  async transfer(zone: string): Promise<{ records: ResourceRecord[] } | { refusal: Message }> {
    return (await this.#say(() => this.#client.transfer(zone))).answer;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client[Symbol.dispose]();
    this.#slot[Symbol.dispose]();
  }

  async #say<T>(work: () => Promise<T>): Promise<{ answer: T; isRepeated: boolean }> {
    let tries = 0;
    let closed = 0;
    try {
      const answer = await retry(
        () => {
          tries++;
          return work();
        },
        {
          // A server that was there a moment ago may be starting anew; one that was not is somewhere else.
          isSafe: (error) =>
            error instanceof TransportError &&
            !this.signal.aborted &&
            (error.kind === "closed" ? ++closed < mostClosed : error.kind === "refused" && this.#client.hasConnected),
        },
      );
      return { answer, isRepeated: tries > 1 };
    } catch (error) {
      throw explain(error, this.settings);
    }
  }
}
