/** Long enough for nearly all messages. */
const usualLength = 512;

/** Builds a message from its parts. Numbers are big-endian. */
export class Writer {
  #octets = Buffer.allocUnsafe(usualLength);
  #length = 0;

  u8(value: number): void {
    const at = this.#extend(1);
    this.#octets[at] = value;
  }

  u16(value: number): void {
    const at = this.#extend(2);
    this.#octets[at] = value >> 8;
    this.#octets[at + 1] = value;
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xff_ff);
  }

  u48(value: number): void {
    this.u16(Math.floor(value / 2 ** 32));
    this.u32(value % 2 ** 32);
  }

  bytes(value: Uint8Array): void {
    const at = this.#extend(value.length);
    this.#octets.set(value, at);
  }

  /** What was written. Nothing may be written afterwards. */
  finish(): Buffer {
    return this.#octets.subarray(0, this.#length);
  }

  /** Makes room at the end. Returns where it starts. */
  #extend(length: number): number {
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#octets.length) {
      const larger = Buffer.allocUnsafe(2 * this.#length);
      this.#octets.copy(larger, 0, 0, start);
      this.#octets = larger;
    }
    return start;
  }
}
