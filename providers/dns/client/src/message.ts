import { MalformedMessage } from "./wire/errors.ts";
import { nameToWire, readName } from "./wire/name.ts";
import { readRdata } from "./rdata/rdata.ts";
import { Reader } from "./wire/reader.ts";
import { typeName, typeNumber } from "./wire/record-type.ts";
import { Writer } from "./wire/writer.ts";

/** RFC 1035, section 3.2.4, and RFC 2136, section 1.3. */
export const classes = { IN: 1, CH: 3, NONE: 254, ANY: 255 } as const;

/** RFC 1035, section 4.1.1, and RFC 2136, section 1.3. */
export const opcodes = { QUERY: 0, UPDATE: 5 } as const;

/** By number: RFC 1035, section 4.1.1, and RFC 2136, section 2.2. */
const rcodes = [
  "NOERROR",
  "FORMERR",
  "SERVFAIL",
  "NXDOMAIN",
  "NOTIMP",
  "REFUSED",
  "YXDOMAIN",
  "YXRRSET",
  "NXRRSET",
  "NOTAUTH",
  "NOTZONE",
] as const;

/** The result of a request. Codes without a name in the table are written as `RCODE11`. */
export type Rcode = (typeof rcodes)[number] | `RCODE${number}`;

export interface Question {
  readonly name: string;
  readonly type: string;
  /** Default: IN. */
  readonly class?: number;
}

export interface ResourceRecord {
  /** Canonical. */
  readonly name: string;
  readonly type: string;
  readonly class: number;
  readonly ttlSeconds: number;
  /** Octets of the value. Names in it are uncompressed and in lower case. */
  readonly rdata: Buffer;
}

/** A request. In an update, the question is the zone, the answers are prerequisites and the authorities are changes. */
export interface Request {
  readonly id: number;
  readonly opcode: number;
  readonly isRecursionDesired?: boolean;
  readonly question: Question;
  readonly answers?: readonly ResourceRecord[];
  readonly authorities?: readonly ResourceRecord[];
}

/** A received message. */
export interface Message {
  readonly id: number;
  readonly rcode: Rcode;
  readonly isResponse: boolean;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  readonly questions: readonly Question[];
  readonly answers: readonly ResourceRecord[];
  readonly authorities: readonly ResourceRecord[];
  readonly additionals: readonly ResourceRecord[];
  /** The TSIG record and its offset. It is not included in `additionals`. */
  readonly signature: { readonly record: ResourceRecord; readonly offset: number } | undefined;
  readonly octets: Buffer;
}

export function encodeRequest({
  id,
  opcode,
  isRecursionDesired = false,
  question,
  answers = [],
  authorities = [],
}: Request): Buffer {
  const writer = new Writer();
  writer.u16(id);
  writer.u16((opcode << 11) | (isRecursionDesired ? 0x01_00 : 0));
  for (const count of [1, answers.length, authorities.length, 0]) writer.u16(count);
  writer.bytes(nameToWire(question.name));
  writer.u16(typeNumber(question.type));
  writer.u16(question.class ?? classes.IN);
  for (const record of [...answers, ...authorities]) writeRecord(writer, record);
  return writer.finish();
}

export function writeRecord(writer: Writer, { name, type, class: of, ttlSeconds, rdata }: ResourceRecord): void {
  writer.bytes(nameToWire(name));
  writer.u16(typeNumber(type));
  writer.u16(of);
  writer.u32(ttlSeconds);
  writer.u16(rdata.length);
  writer.bytes(rdata);
}

/** Throws MalformedMessage if the octets are not exactly one DNS message. */
export function decodeMessage(octets: Buffer): Message {
  const reader = new Reader(octets);
  const id = reader.u16();
  const flags = reader.u16();
  const [questionCount = 0, ...counts] = Array.from({ length: 4 }, () => reader.u16());
  const questions = Array.from({ length: questionCount }, () => readQuestion(reader));
  let signature: Message["signature"];
  const [answers = [], authorities = [], additionals = []] = counts.map((count) =>
    Array.from({ length: count }, () => {
      if (signature !== undefined) throw new MalformedMessage("a record follows the signature");
      const { offset } = reader;
      const record = readRecord(reader);
      if (record.type === "TSIG") signature = { record, offset };
      return record;
    }),
  );
  if (!reader.isAtEnd) throw new MalformedMessage("octets follow the last record");
  if (signature !== undefined && additionals.pop() !== signature.record) {
    throw new MalformedMessage("the signature is not the last additional record");
  }
  return {
    id,
    rcode: rcodes[flags & 0xf] ?? `RCODE${flags & 0xf}`,
    isResponse: (flags & 0x80_00) !== 0,
    isAuthoritative: (flags & 0x04_00) !== 0,
    isTruncated: (flags & 0x02_00) !== 0,
    questions,
    answers,
    authorities,
    additionals,
    signature,
    octets,
  };
}

function readQuestion(reader: Reader): Question {
  const question = { name: readName(reader, "compressed"), type: typeName(reader.u16()) };
  reader.u16();
  return question;
}

function readRecord(reader: Reader): ResourceRecord {
  const name = readName(reader, "compressed");
  const type = typeName(reader.u16());
  const of = reader.u16();
  const ttlSeconds = reader.u32();
  const rdata = readRdata(type, reader.part(reader.u16()));
  return { name, type, class: of, ttlSeconds, rdata };
}
