import { MalformedMessage } from "./errors.ts";

/** Reads a message, or a part of it, from front to back. Throws MalformedMessage instead of reading past the end. */
export class Reader {
  /** The whole message, since compressed names point into it. */
  readonly message: Buffer;
  readonly #end: number;
  #offset: number;

  constructor(message: Buffer, offset = 0, end = message.length) {
    this.message = message;
    this.#offset = offset;
    this.#end = end;
  }

  get offset(): number {
    return this.#offset;
  }
  get isAtEnd(): boolean {
    return this.#offset === this.#end;
  }

  u8(): number {
    return this.message.readUInt8(this.#skip(1));
  }
  u16(): number {
    return this.message.readUInt16BE(this.#skip(2));
  }
  u32(): number {
    return this.message.readUInt32BE(this.#skip(4));
  }
  u48(): number {
    return this.message.readUIntBE(this.#skip(6), 6);
  }

  take(length: number): Buffer {
    const start = this.#skip(length);
    return this.message.subarray(start, start + length);
  }

  /** The remaining octets. */
  rest(): Buffer {
    return this.take(this.#end - this.#offset);
  }

  /** A reader of the next `length` octets. */
  part(length: number): Reader {
    const start = this.#skip(length);
    return new Reader(this.message, start, start + length);
  }

  #skip(length: number): number {
    const start = this.#offset;
    if (start + length > this.#end) throw new MalformedMessage("the message is truncated");
    this.#offset = start + length;
    return start;
  }
}
