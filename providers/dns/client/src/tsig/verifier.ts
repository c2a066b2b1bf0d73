import { timingSafeEqual } from "node:crypto";
import { classes, type Message, type ResourceRecord } from "../message.ts";
import { MalformedMessage } from "../wire/errors.ts";
import { canonicalName, readName } from "../wire/name.ts";
import { Reader } from "../wire/reader.ts";
import { Writer } from "../wire/writer.ts";
import { macOf, TsigError, variables, writeTimers, type Signed, type TsigFault, type TsigKey } from "./tsig.ts";

/** RFC 8945, section 5.3.1: in a stream, at most this number of messages may lie between two signed ones. */
const maxUnsigned = 99;

/** Verifies the answer to one signed request: one message or a stream of them (RFC 8945, sections 5.3 and 5.3.1). */
export class Verifier {
  readonly #key: TsigKey;
  readonly #now: () => number;
  #mac: Buffer;
  #isFirst = true;
  /** Messages since the last signed one. */
  #unsigned: Buffer[] = [];

  /** `now` returns the local time in seconds since 1970. */
  constructor(key: TsigKey, requestMac: Buffer, now: () => number) {
    this.#key = key;
    this.#mac = requestMac;
    this.#now = now;
  }

  /** Verifies the next message. Messages after the first may be unsigned if a signed one follows. */
  take(message: Message): void {
    if (message.signature === undefined) {
      if (this.#isFirst || this.#unsigned.length === maxUnsigned) throw new TsigError("unsigned", message);
      this.#unsigned.push(message.octets);
      return;
    }
    const { record, offset } = message.signature;
    const signature = readSignature(record);
    const fault = refusals.get(signature.error);
    // The server cannot sign these errors, since it has no matching key.
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

  /** Ends the stream. Throws if its last message is unsigned. */
  end(last: Message): void {
    if (this.#unsigned.length > 0) throw new TsigError("unsigned", last);
  }

  /** A BADTIME answer carries the server's time in "other data" (RFC 8945, section 5.2.3). */
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

/** TSIG error codes (RFC 8945, section 3). */
const refusals = new Map<number, TsigFault>([
  [16, "BADSIG"],
  [17, "BADKEY"],
  [18, "BADTIME"],
  [22, "BADTRUNC"],
]);

interface Signature extends Signed {
  readonly mac: Buffer;
  readonly originalId: number;
}

function readSignature({ rdata, class: of, ttlSeconds }: ResourceRecord): Signature {
  // The MAC covers the required class and TTL, not the received ones.
  if (of !== classes.ANY || ttlSeconds !== 0) throw new MalformedMessage("a signature has a wrong class or TTL");
  const reader = new Reader(rdata);
  const algorithm = readName(reader, "plain");
  const seconds = reader.u48();
  const fudge = reader.u16();
  const mac = reader.take(reader.u16());
  const originalId = reader.u16();
  const error = reader.u16();
  const other = reader.take(reader.u16());
  if (!reader.isAtEnd) throw new MalformedMessage("octets follow the fields of a signature");
  return { algorithm, seconds, fudge, mac, originalId, error, other };
}
