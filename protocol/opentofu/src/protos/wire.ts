/** Kinds of values on the wire. Those of four and eight bytes are only skipped. */
const wireTypes = { varint: 0, eightBytes: 1, bytes: 2, fourBytes: 5 } as const;

/** The fields of one message. */
export class Writer {
  readonly #parts: Uint8Array[] = [];

  varint(id: number, value: bigint): void {
    this.#tag(id, wireTypes.varint);
    this.#parts.push(varintOf(BigInt.asUintN(64, value)));
  }

  bytes(id: number, value: Uint8Array): void {
    this.#tag(id, wireTypes.bytes);
    this.#parts.push(lengthOf(value.length), value);
  }

  finish(): Buffer {
    return Buffer.concat(this.#parts);
  }

  #tag(id: number, wireType: number): void {
    this.#parts.push(lengthOf(id * 8 + wireType));
  }
}

/** A varint below 2^31, which most are: integers of that size are faster than a BigInt. */
function lengthOf(value: number): Uint8Array {
  if (value < 128) return Uint8Array.of(value);
  if (value < 16_384) return Uint8Array.of((value & 127) | 128, value >> 7);
  return varintOf(BigInt(value));
}

/** Seven bits a byte, the lowest first. */
function varintOf(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

export class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  tag(): { id: number; wireType: number } {
    const tag = Number(this.varint());
    return { id: Math.floor(tag / 8), wireType: tag % 8 };
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.#take(1)[0] ?? 0;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  }

  /** Without a copy. */
  bytes(): Buffer {
    return this.#take(Number(this.varint()));
  }

  /** Skips a field that this version does not know. */
  skip(wireType: number): void {
    if (wireType === wireTypes.varint) this.varint();
    else if (wireType === wireTypes.bytes) this.bytes();
    else this.#take(wireType === wireTypes.eightBytes ? 8 : 4);
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("A message ends too early");
    const part = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
