import { createHmac, type KeyObject } from "node:crypto";
import { classes, writeRecord, type Message } from "../message.ts";
import { nameToWire } from "../wire/name.ts";
import { Writer } from "../wire/writer.ts";

/** The untruncated algorithms that RFC 8945, section 6, recommends. */
export type TsigAlgorithm = "hmac-sha256" | "hmac-sha384" | "hmac-sha512";

/** A secret shared by a server and its clients. */
export interface TsigKey {
  readonly name: string;
  readonly algorithm: TsigAlgorithm;
  /** A key object makes a signature in a fifth of the time that octets take. */
  readonly secret: Uint8Array | KeyObject;
}

/** Maximum difference between the clocks of client and server (RFC 8945, section 10). */
const fudgeSeconds = 300;

/** Why an answer is not trusted, or why the server rejected the request's signature. */
export type TsigFault =
  /** The answer has no signature: anybody could have sent it. */
  | "unsigned"
  /** The answer's signature does not match the key's secret, or the answer was changed on its way. */
  | "forged"
  /** The answer is signed with a different key or algorithm, or with a truncated MAC. */
  | "foreign"
  /** The answer was signed too long ago, or in the future. */
  | "stale"
  /** The server cannot verify our signature (BADSIG): it has a different secret. */
  | "BADSIG"
  /** The server does not know our key, or not with this algorithm, or does not allow it this request (BADKEY). */
  | "BADKEY"
  /** The server's clock differs from ours (BADTIME). */
  | "BADTIME"
  /** The server requires a longer MAC (BADTRUNC). */
  | "BADTRUNC";

export class TsigError extends Error {
  override readonly name = "TsigError";
  readonly fault: TsigFault;
  /** The rejected answer. Its content is verified with BADTIME only. */
  readonly answer: Message;
  /** With BADTIME: number of seconds that the server's clock is ahead of ours, if the server sends its time. */
  readonly secondsAhead: number | undefined;

  constructor(fault: TsigFault, answer: Message, secondsAhead?: number) {
    super(`${fault} answer (${answer.rcode})`);
    this.fault = fault;
    this.answer = answer;
    this.secondsAhead = secondsAhead;
  }
}

/** The signed message, and its MAC, which the answer's MAC covers. */
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

/** The variables of RFC 8945, section 4.3.3. */
export interface Signed {
  readonly algorithm: string;
  readonly seconds: number;
  readonly fudge: number;
  readonly error: number;
  readonly other: Buffer;
}

export function variables(keyName: string, { error, other, ...signed }: Signed): Buffer {
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

export function writeTimers(writer: Writer, { seconds, fudge }: Pick<Signed, "seconds" | "fudge">): void {
  writer.u48(seconds);
  writer.u16(fudge);
}

export function macOf({ algorithm, secret }: TsigKey, ...parts: readonly Uint8Array[]): Buffer {
  const hmac = createHmac(algorithm.slice("hmac-".length), secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
}
