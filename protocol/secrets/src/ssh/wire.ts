// SSH's data types. Source: RFC 4251, section 5.

/** The bytes end in the middle of a value. */
export class TruncatedError extends Error {
  override readonly name = "TruncatedError";
}

/** Reads values one after the other. Each method throws TruncatedError. */
export class WireReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  string(): Buffer {
    return this.#take(this.uint32());
  }

  text(): string {
    return this.string().toString();
  }

  /** A number that is not negative. */
  mpint(): bigint {
    return BigInt(`0x0${this.string().toString("hex")}`);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new TruncatedError("the bytes end too early");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

export function encodeUint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

export function encodeString(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([encodeUint32(bytes.length), bytes]);
}

export const encodeMpint = (value: Buffer): Buffer => encodeString(mpintContent(value));

/** The bytes of an mpint without the length. A leading zero keeps the highest bit from being read as the sign. */
export function mpintContent(value: Buffer): Buffer {
  const start = value.findIndex((byte) => byte !== 0);
  const digits = start === -1 ? Buffer.alloc(0) : value.subarray(start);
  return (digits[0] ?? 0) < 0x80 ? digits : Buffer.concat([Buffer.from([0]), digits]);
}
