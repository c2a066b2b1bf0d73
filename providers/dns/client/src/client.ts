import { randomInt } from "node:crypto";
import { Connection, type Endpoint } from "./connection.ts";
import { MalformedMessage } from "./malformed.ts";
import {
  decodeMessage,
  encodeRequest,
  opcodes,
  type Message,
  type Question,
  type Request,
  type ResourceRecord,
} from "./message.ts";
import { sign, Verifier, type TsigKey } from "./tsig.ts";

/** RFC 1035, section 4.2.2: two octets tell a message's length. */
const longestMessage = 0xff_ff;
/** Questions that are under way at once on a connection (RFC 7766, section 6.2.1.1). */
const mostAtOnce = 512;
/**
 * So few questions are asked one after the other: of answers to questions that came together, servers hold the second back
 * until the first is acknowledged, which takes 40 ms.
 */
const fewQuestions = 4;

/** A message that is too long for DNS. */
export class MessageTooLong extends Error {
  override readonly name = "MessageTooLong";
  readonly octets: number;

  constructor(octets: number) {
    super(`a message of ${octets} octets; DNS has at most ${longestMessage}`);
    this.octets = octets;
  }
}

export interface ClientOptions extends Endpoint {
  /** Signs every request, and vouches for every answer; without it nothing does. */
  readonly key?: TsigKey | undefined;
  /** The longest silence of the server, in milliseconds; 10,000 unless given. */
  readonly timeoutMs?: number;
  /** Whether the server is to ask others. */
  readonly isRecursionDesired?: boolean;
  /** Our clock, in seconds since 1970. */
  readonly now?: () => number;
}

/** An update (RFC 2136, section 2): records made by `prerequisite` and `change`. */
export interface UpdateRequest {
  readonly zone: string;
  readonly prerequisites: readonly ResourceRecord[];
  readonly changes: readonly ResourceRecord[];
}

/**
 * A client of one server, over TCP alone: an answer by UDP may be forged, cut short, or lost. Its one connection is opened when
 * it is first needed, and anew after a failure. Nothing is repeated here, since only the caller knows what may be; each
 * call has a new id and a new signature, so a repetition is a message of its own.
 */
export class DnsClient implements Disposable {
  readonly #options: ClientOptions;
  readonly #timeoutMs: number;
  readonly #now: () => number;
  #connection: Connection | undefined;
  #hasConnected = false;
  #lastId = randomInt(0x1_00_00);

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#now = options.now ?? (() => Math.floor(Date.now() / 1000));
  }

  /** Whether a connection came about at least once: then there is a server. */
  get hasConnected(): boolean {
    return this.#hasConnected;
  }

  /** `timeoutMs` is the longest silence, where it is another than with every request. */
  async query(question: Question, timeoutMs = this.#timeoutMs): Promise<Message> {
    const [answer] = await this.#exchange([{ opcode: opcodes.QUERY, question }], timeoutMs);
    if (answer === undefined) throw new TypeError("A question has an answer.");
    return answer;
  }

  /** The answers to several questions, in their order; many are under way at once. */
  async queryAll(questions: readonly Question[]): Promise<Message[]> {
    const answers: Message[] = [];
    const atOnce = questions.length <= fewQuestions ? 1 : mostAtOnce;
    for (let first = 0; first < questions.length; first += atOnce) {
      const some = questions.slice(first, first + atOnce);
      answers.push(...(await this.#exchange(some.map((question) => ({ opcode: opcodes.QUERY, question })))));
    }
    return answers;
  }

  /** Sends an update; the answer's code tells what became of it. Throws MessageTooLong before anything is sent. */
  async update({ zone, prerequisites, changes }: UpdateRequest): Promise<Message> {
    const question = { name: zone, type: "SOA" };
    const [answer] = await this.#exchange([
      { opcode: opcodes.UPDATE, question, answers: prerequisites, authorities: changes },
    ]);
    if (answer === undefined) throw new TypeError("An update has an answer.");
    return answer;
  }

  /** All records of a zone, its SOA first (RFC 5936); or the answer that refuses it. */
  async transfer(zone: string): Promise<{ records: ResourceRecord[] } | { refusal: Message }> {
    const records: ResourceRecord[] = [];
    let refusal: Message | undefined;
    const { id, signed, verifier } = this.#prepare({ opcode: opcodes.QUERY, question: { name: zone, type: "AXFR" } });
    const connection = await this.#open();
    await connection.exchange([signed], this.#timeoutMs, (octets) => {
      const message = decodeAnswer(octets, (answered) => answered === id);
      verifier?.take(message);
      if (message.rcode !== "NOERROR" || (records.length === 0 && message.answers[0]?.type !== "SOA")) {
        refusal = message;
        return true;
      }
      records.push(...message.answers);
      // The zone's SOA ends it too.
      if (records.length < 2 || records.at(-1)?.type !== "SOA") return false;
      verifier?.end(message);
      return true;
    });
    return refusal === undefined ? { records: records.slice(0, -1) } : { refusal };
  }

  /** What the request would be in a message, in octets, without its signature. */
  static sizeOf({ zone, prerequisites, changes }: UpdateRequest): number {
    const question = { name: zone, type: "SOA" };
    return encodeRequest({ id: 0, opcode: opcodes.UPDATE, question, answers: prerequisites, authorities: changes })
      .length;
  }

  [Symbol.dispose](): void {
    this.#connection?.[Symbol.dispose]();
  }

  async #exchange(requests: readonly Omit<Request, "id">[], timeoutMs = this.#timeoutMs): Promise<Message[]> {
    const prepared = requests.map((request) => this.#prepare(request));
    const awaited = new Map(prepared.map(({ id, verifier }) => [id, verifier]));
    const answers = new Map<number, Message>();
    const connection = await this.#open();
    await connection.exchange(
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

  #prepare(request: Omit<Request, "id">): { id: number; signed: Buffer; verifier: Verifier | undefined } {
    const { key, isRecursionDesired = false } = this.#options;
    const id = (this.#lastId = (this.#lastId + 1) % 0x1_00_00);
    const octets = encodeRequest({ ...request, id, isRecursionDesired });
    const { signed, mac } = key === undefined ? { signed: octets, mac: undefined } : sign(octets, key, this.#now());
    if (signed.length > longestMessage) throw new MessageTooLong(signed.length);
    const verifier = key === undefined || mac === undefined ? undefined : new Verifier(key, mac, this.#now);
    return { id, signed, verifier };
  }

  async #open(): Promise<Connection> {
    if (this.#connection?.isOpen !== true) this.#connection = await Connection.open(this.#options, this.#timeoutMs);
    this.#hasConnected = true;
    return this.#connection;
  }
}

function decodeAnswer(octets: Buffer, isAwaited: (id: number) => boolean): Message {
  const message = decodeMessage(octets);
  if (!message.isResponse || !isAwaited(message.id))
    throw new MalformedMessage("an answer to something that was not asked");
  return message;
}
