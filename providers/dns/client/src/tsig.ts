import { createHmac, timingSafeEqual } from "node:crypto";
import { MalformedMessage } from "./malformed.ts";
import { classes, writeRecord, type Message, type ResourceRecord } from "./message.ts";
import { canonicalName, nameToWire, readName } from "./name.ts";
import { Reader } from "./reader.ts";
import { Writer } from "./writer.ts";

/** The algorithms that are offered: those that RFC 8945, section 6, recommends, without truncation. */
export const tsigAlgorithms = ["hmac-sha256", "hmac-sha384", "hmac-sha512"] as const;
export type TsigAlgorithm = (typeof tsigAlgorithms)[number];

/** A key that a server and its clients share. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  readonly secret: Uint8Array;
}

/** By how many seconds the clocks of both sides may differ (RFC 8945, section 10). */
const fudgeSeconds = 300;

/** RFC 8945, section 5.3.1: after so many messages of a stream one must be signed. */
const mostUnsigned = 99;

/** Why an answer's signature, or its lack, is no good; or why the server took ours for none. */
export type TsigFault =
  /** The answer bears no signature: anybody could have sent it. */
  | "unsigned"
  /** The answer's signature is not one of this key, or the answer was changed on its way. */
  | "forged"
  /** The answer is signed by another key or algorithm, or with a truncated MAC. */
  | "foreign"
  /** The answer was signed too long ago, or in the future. */
  | "stale"
  /** The server could not verify our signature (BADSIG): another secret. */
  | "BADSIG"
  /** The server does not know our key, or not with this algorithm, or not for this (BADKEY). */
  | "BADKEY"
  /** The server's clock is another (BADTIME). */
  | "BADTIME"
  /** The server wants a longer MAC (BADTRUNC). */
  | "BADTRUNC";

export class TsigError extends Error {
  override readonly name = "TsigError";
  readonly fault: TsigFault;
  /** The answer that it is about; what it says is not vouched for, except with BADTIME. */
  readonly answer: Message;
  /** With BADTIME, by how many seconds the server's clock is ahead of ours, if it tells. */
  readonly secondsAhead: number | undefined;

  constructor(fault: TsigFault, answer: Message, secondsAhead?: number) {
    super(`${fault} answer (${answer.rcode})`);
    this.fault = fault;
    this.answer = answer;
    this.secondsAhead = secondsAhead;
  }
}

/** The message with its signature, and the MAC that the answer's is chained to. */
export function sign(message: Buffer, key: TsigKey, seconds: number): { signed: Buffer; mac: Buffer } {
  const signature = { algorithm: key.algorithm, seconds, fudge: fudgeSeconds, error: 0, other: Buffer.alloc(0) };
  const mac = macOf(key, message, variables(key.name, signature));
  const rdata = new Writer();
  rdata.bytes(nameToWire(key.algorithm));
  writeTimers(rdata, signature);
  rdata.u16(mac.length);
  rdata.bytes(mac);
  rdata.bytes(message.subarray(0, 2));
  rdata.u16(0);
  rdata.u16(0);
  const writer = new Writer();
  writer.bytes(message);
  writeRecord(writer, { name: key.name, type: "TSIG", class: classes.ANY, ttlSeconds: 0, rdata: rdata.finish() });
  const signed = writer.finish();
  signed.writeUInt16BE(signed.readUInt16BE(10) + 1, 10);
  return { signed, mac };
}

/** Verifies what comes back for one signed request: one message, or a stream of them (RFC 8945, sections 5.3 and 5.3.1). */
export class Verifier {
  readonly #key: TsigKey;
  readonly #now: () => number;
  #mac: Buffer;
  #isFirst = true;
  /** Messages since the last signed one. */
  #unsigned: Buffer[] = [];

  /** `now` tells our clock in seconds since 1970. */
  constructor(key: TsigKey, requestMac: Buffer, now: () => number) {
    this.#key = key;
    this.#mac = requestMac;
    this.#now = now;
  }

  /** Takes the next message. All but the first may be unsigned, if a signed one comes after them. */
  take(message: Message): void {
    if (message.signature === undefined) {
      if (this.#isFirst || this.#unsigned.length === mostUnsigned) throw new TsigError("unsigned", message);
      this.#unsigned.push(message.octets);
      return;
    }
    const { record, offset } = message.signature;
    const signature = readSignature(record);
    const fault = refusals.get(signature.error);
    // The server has no key to sign these with.
    if (fault !== undefined && fault !== "BADTIME" && signature.mac.length === 0) throw new TsigError(fault, message);
    if (record.name !== canonicalName(this.#key.name) || signature.algorithm !== canonicalName(this.#key.algorithm)) {
      throw new TsigError("foreign", message);
    }
    const wanted = this.#macFor(message, offset, signature);
    if (signature.mac.length !== wanted.length) throw new TsigError("foreign", message);
    if (!timingSafeEqual(signature.mac, wanted)) throw new TsigError("forged", message);
    if (fault !== undefined) throw new TsigError(fault, message, this.#secondsAhead(signature.other));
    if (Math.abs(this.#now() - signature.seconds) > signature.fudge) throw new TsigError("stale", message);
    this.#mac = wanted;
    this.#isFirst = false;
    this.#unsigned = [];
  }

  /** Says that nothing more comes; the last message must have been signed. */
  end(last: Message): void {
    if (this.#unsigned.length > 0) throw new TsigError("unsigned", last);
  }

  /** The server's clock is in what a BADTIME answer adds (RFC 8945, section 5.2.3). */
  #secondsAhead(other: Buffer): number | undefined {
    return other.length === 6 ? other.readUIntBE(0, 6) - this.#now() : undefined;
  }

  #macFor(message: Message, offset: number, signature: Signature): Buffer {
    const stripped = Buffer.from(message.octets.subarray(0, offset));
    stripped.writeUInt16BE(signature.originalId, 0);
    stripped.writeUInt16BE(stripped.readUInt16BE(10) - 1, 10);
    const writer = new Writer();
    writer.u16(this.#mac.length);
    writer.bytes(this.#mac);
    for (const unsigned of this.#unsigned) writer.bytes(unsigned);
    writer.bytes(stripped);
    if (this.#isFirst) writer.bytes(variables(this.#key.name, signature));
    else writeTimers(writer, signature);
    return macOf(this.#key, writer.finish());
  }
}

/** RFC 8945, section 3, by number. */
const refusals = new Map<number, TsigFault>([
  [16, "BADSIG"],
  [17, "BADKEY"],
  [18, "BADTIME"],
  [22, "BADTRUNC"],
]);

/** The variables of RFC 8945, section 4.3.3. */
interface Signed {
  readonly algorithm: string;
  readonly seconds: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

interface Signature extends Signed {
  readonly mac: Buffer;
  readonly originalId: number;
}

function readSignature({ rdata, class: of, ttlSeconds }: ResourceRecord): Signature {
  // The MAC covers these as what they must be, not as they are.
  if (of !== classes.ANY || ttlSeconds !== 0)
    throw new MalformedMessage("a signature has another class or TTL than it must");
  const reader = new Reader(rdata);
  const algorithm = readName(reader, "plain");
  const seconds = reader.u48();
  const fudge = reader.u16();
  const mac = reader.take(reader.u16());
  const originalId = reader.u16();
  const error = reader.u16();
  const other = reader.take(reader.u16());
  if (!reader.isAtEnd) throw new MalformedMessage("there is more in a signature than belongs there");
  return { algorithm, seconds, fudge, mac, originalId, error, other };
}

function variables(keyName: string, { error, other, ...signed }: Signed): Buffer {
  const writer = new Writer();
  writer.bytes(nameToWire(keyName));
  writer.u16(classes.ANY);
  writer.u32(0);
  writer.bytes(nameToWire(signed.algorithm));
  writeTimers(writer, signed);
  writer.u16(error);
  writer.u16(other.length);
  writer.bytes(other);
  return writer.finish();
}

function writeTimers(writer: Writer, { seconds, fudge }: Pick<Signed, "seconds" | "fudge">): void {
  writer.u48(seconds);
  writer.u16(fudge);
}

function macOf({ algorithm, secret }: TsigKey, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(algorithm.slice("hmac-".length), secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
