// ASN.1 in its distinguished encoding, as far as a certificate needs it. Source: ITU-T X.690

type Part = Uint8Array;

function encode(tag: number, ...parts: readonly Part[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(content.length)]), content]);
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  return length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
}

export const sequence = (...parts: readonly Part[]): Buffer => encode(0x30, ...parts);
export const set = (...parts: readonly Part[]): Buffer => encode(0x31, ...parts);
export const octets = (content: Part): Buffer => encode(0x04, content);
export const yes = (): Buffer => encode(0x01, Buffer.from([0xff]));
export const text = (value: string): Buffer => encode(0x0c, Buffer.from(value));
/** A context-specific part: constructed if it contains other parts. */
export const tagged = (number: number, content: Part, isConstructed: boolean): Buffer =>
  encode((isConstructed ? 0xa0 : 0x80) | number, content);
/** A string of bits, whose last byte has unused ones. */
export const bits = (content: Part, unused = 0): Buffer => encode(0x03, Buffer.from([unused]), content);

/** A positive integer; its first byte must be below 0x80. */
export const integer = (content: Part): Buffer => encode(0x02, content);

/** An object identifier in dots. */
export function identifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return encode(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(inBase128)]));
}

function inBase128(number: number): number[] {
  const bytes = [number & 0x7f];
  for (let rest = number >> 7; rest > 0; rest >>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** UTC time to the second, for years up to 2049. Source: RFC 5280, 4.1.2.5 */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/g, "");
  return encode(0x17, Buffer.from(digits.slice(2)));
}
