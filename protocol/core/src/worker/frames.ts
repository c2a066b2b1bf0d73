/** Kinds of frames that a worker sends: its greeting, a sign of life, text for stderr, the answer to a line, the exit status. */
export type FrameKind = "H" | "B" | "E" | "A" | "X";

/** A frame as relay.c reads it: a letter, the length of the content in 4 bytes, the content. */
export function frame(kind: FrameKind, content: string | Uint8Array = ""): Buffer {
  const body = Buffer.from(content);
  const head = Buffer.alloc(5);
  head.write(kind);
  head.writeUInt32LE(body.length, 1);
  return Buffer.concat([head, body]);
}

/** In place of a length: a launcher has no further lines. */
const endOfInput = 0xff_ff_ff_ff;

/** Splits what a launcher sends, in blocks of any size, into records: 4 bytes of length, the content. */
export class Records {
  #blocks: Buffer[] = [];
  #size = 0;

  add(block: Buffer): void {
    this.#blocks.push(block);
    this.#size += block.length;
  }

  /** The next complete record; null is the end of the launcher's input, undefined says that more blocks are needed. */
  next(): Buffer | null | undefined {
    const length = this.#length();
    if (length === undefined) return undefined;
    if (length === endOfInput) return null;
    if (this.#size < 4 + length) return undefined;
    const bytes = this.#joined();
    this.#blocks = [bytes.subarray(4 + length)];
    this.#size -= 4 + length;
    return bytes.subarray(4, 4 + length);
  }

  #length(): number | undefined {
    if (this.#size < 4) return undefined;
    const [first] = this.#blocks;
    return (first !== undefined && first.length >= 4 ? first : this.#joined()).readUInt32LE();
  }

  /** Called once for a record that is complete, so that a line of many blocks is not copied for each of them. */
  #joined(): Buffer {
    const joined = Buffer.concat(this.#blocks);
    this.#blocks = [joined];
    return joined;
  }
}
