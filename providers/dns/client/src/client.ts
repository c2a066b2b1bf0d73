import { randomInt } from "node:crypto";
import { Connection, TransportError, type Endpoint } from "./connection.ts";
import type { Connections } from "./connections.ts";
import { largestTransfer, longestMessage, MessageTooLong, TransferTooLarge } from "./limits.ts";
import { MalformedMessage } from "./wire/errors.ts";
import {
  decodeMessage,
  encodeRequest,
  opcodes,
  type Message,
  type Question,
  type Request,
  type ResourceRecord,
} from "./message.ts";
import { sign, type TsigKey } from "./tsig/tsig.ts";
import { Verifier } from "./tsig/verifier.ts";

/** Maximum number of pipelined queries on a connection (RFC 7766, section 6.2.1.1). */
const maxPipelined = 512;
/**
 * Up to this number, queries are sent one after the other. Servers delay the second answer to pipelined queries until the
 * client acknowledges the first (Nagle's algorithm), which takes 40 ms.
 */
const maxSequential = 4;

export interface ClientOptions extends Endpoint {
  /** Signs every request and verifies every answer. Without a key, nothing is signed or verified. */
  readonly key?: TsigKey | undefined;
  /** Maximum time without data from the server, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number;
  /** Whether to request recursion. Default: false. */
  readonly isRecursionDesired?: boolean;
  /** Connections that were opened before, and are kept for later clients. Without them, the client closes its own. */
  readonly connections?: Connections | undefined;
  /** The local clock, in seconds since 1970. */
  readonly now?: () => number;
}

/** How messages are sent. Without a key, they are not signed, and their answers are not verified. */
interface Exchange {
  readonly timeoutMs: number;
  readonly key: TsigKey | undefined;
}

/** An update (RFC 2136, section 2). `prerequisite` and `change` build its records. */
export interface UpdateRequest {
  readonly zone: string;
  readonly prerequisites: readonly ResourceRecord[];
  readonly changes: readonly ResourceRecord[];
}

/**
 * A client of one server, over TCP only: answers over UDP can be forged, truncated or lost. It opens its single connection
 * on first use, and again after a failure. It never retries, since only the caller knows which requests are safe to repeat.
 * Each call has a new id and signature, so a repeated call is a message of its own.
 */
export class DnsClient implements Disposable {
  readonly #options: ClientOptions;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #connection: Connection | undefined;
  #hasConnected = false;
  #isDisposed = false;
  /** Exchanges in progress. */
  #inHand = 0;
  #lastId = randomInt(0x1_00_00);

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#now = options.now ?? (() => Math.floor(Date.now() / 1000));
  }

  /** Whether a connection has succeeded at least once. */
  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  async query(question: Question): Promise<Message> {
    return onlyOf(await this.#exchange([{ opcode: opcodes.QUERY, question }]));
  }

  /** A query without the key. Its answer is not verified. `timeoutMs` overrides the client's timeout. */
  async queryUnsigned(question: Question, timeoutMs = this.#timeoutMs): Promise<Message> {
    return onlyOf(await this.#exchange([{ opcode: opcodes.QUERY, question }], { timeoutMs, key: undefined }));
  }

  /** The answers to several queries, in the order of the queries. The queries are pipelined. */
  async queryAll(questions: readonly Question[]): Promise<Message[]> {
    const answers: Message[] = [];
    const batchSize = questions.length <= maxSequential ? 1 : maxPipelined;
    for (let first = 0; first < questions.length; first += batchSize) {
      const batch = questions.slice(first, first + batchSize);
      answers.push(...(await this.#exchange(batch.map((question) => ({ opcode: opcodes.QUERY, question })))));
    }
    return answers;
  }

  /** Sends an update. The answer's `rcode` is its result. Throws MessageTooLong before sending anything. */
  async update({ zone, prerequisites, changes }: UpdateRequest): Promise<Message> {
    const question = { name: zone, type: "SOA" };
    return onlyOf(
      await this.#exchange([{ opcode: opcodes.UPDATE, question, answers: prerequisites, authorities: changes }]),
    );
  }

  /** All records of a zone, SOA first (RFC 5936), or the answer that refuses the transfer. */
  async transfer(zone: string): Promise<{ records: ResourceRecord[] } | { refusal: Message }> {
    const records: ResourceRecord[] = [];
    let refusal: Message | undefined;
    let octetCount = 0;
    const question = { name: zone, type: "AXFR" };
    const { id, signed, verifier } = this.#prepare({ opcode: opcodes.QUERY, question }, this.#options.key);
    await this.#converse([signed], this.#timeoutMs, (octets) => {
      const message = decodeAnswer(octets, (answered) => answered === id);
      verifier?.take(message);
      if (message.rcode !== "NOERROR" || (records.length === 0 && message.answers[0]?.type !== "SOA")) {
        refusal = message;
        return true;
      }
      octetCount += octets.length;
      if (octetCount > largestTransfer) throw new TransferTooLarge(largestTransfer);
      records.push(...message.answers);
      // A transfer ends with a second copy of the SOA.
      if (records.length < 2 || records.at(-1)?.type !== "SOA") return false;
      verifier?.end(message);
      return true;
    });
    return refusal === undefined ? { records: records.slice(0, -1) } : { refusal };
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    if (this.#connection === undefined) return;
    const { connections } = this.#options;
    if (connections === undefined || this.#inHand > 0) this.#connection[Symbol.dispose]();
    else connections.give(this.#options, this.#connection);
    this.#connection = undefined;
  }

  async #exchange(
    requests: readonly Omit<Request, "id">[],
    { timeoutMs, key }: Exchange = { timeoutMs: this.#timeoutMs, key: this.#options.key },
  ): Promise<Message[]> {
    const prepared = requests.map((request) => this.#prepare(request, key));
    const awaited = new Map(prepared.map(({ id, verifier }) => [id, verifier]));
    const answers = new Map<number, Message>();
    await this.#converse(
      prepared.map(({ signed }) => signed),
      timeoutMs,
      (octets) => {
        const message = decodeAnswer(octets, (id) => awaited.has(id));
        awaited.get(message.id)?.take(message);
        awaited.delete(message.id);
        answers.set(message.id, message);
        return awaited.size === 0;
      },
    );
    return prepared.flatMap(({ id }) => answers.get(id) ?? []);
  }

  /** See `exchange` of connection.ts. */
  async #converse(messages: readonly Buffer[], timeoutMs: number, take: (octets: Buffer) => boolean): Promise<void> {
    this.#inHand++;
    try {
      const connection = await this.#open();
      await connection.exchange(messages, timeoutMs, take);
    } finally {
      this.#inHand--;
    }
  }

  #prepare(
    request: Omit<Request, "id">,
    key: TsigKey | undefined,
  ): { id: number; signed: Buffer; verifier: Verifier | undefined } {
    const { isRecursionDesired = false } = this.#options;
    const id = (this.#lastId = (this.#lastId + 1) % 0x1_00_00);
    const octets = encodeRequest({ ...request, id, isRecursionDesired });
    const { signed, mac } = key === undefined ? { signed: octets, mac: undefined } : sign(octets, key, this.#now());
    if (signed.length > longestMessage) throw new MessageTooLong(signed.length);
    const verifier = key === undefined || mac === undefined ? undefined : new Verifier(key, mac, this.#now);
    return { id, signed, verifier };
  }

  async #open(): Promise<Connection> {
    if (this.#connection?.isOpen !== true) {
      const kept = this.#options.connections?.take(this.#options);
      const connection = kept ?? (await Connection.open(this.#options, this.#timeoutMs));
      if (this.#isDisposed) {
        connection[Symbol.dispose]();
        throw new TransportError("closed", "the client was closed meanwhile");
      }
      this.#connection = connection;
    }
    this.#hasConnected = true;
    return this.#connection;
  }
}

function onlyOf([answer]: readonly Message[]): Message {
  if (answer === undefined) throw new TypeError("The exchange ended without an answer.");
  return answer;
}

function decodeAnswer(octets: Buffer, isAwaited: (id: number) => boolean): Message {
  const message = decodeMessage(octets);
  if (!message.isResponse || !isAwaited(message.id))
    throw new MalformedMessage("the answer does not belong to any request");
  // There is no larger transport to repeat it on.
  if (message.isTruncated) throw new MalformedMessage("the answer is truncated, although it came over TCP");
  return message;
}
