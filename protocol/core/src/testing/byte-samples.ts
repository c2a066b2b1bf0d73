/** Values that a wrong decoding or a wrong rule about newlines changes. */
export const byteSamples: Readonly<Record<string, Buffer>> = {
  "40 random bytes": Buffer.from(crypto.getRandomValues(new Uint8Array(40))),
  "all byte values": Buffer.from(Array.from({ length: 256 }, (_, value) => value)),
  "invalid UTF-8": Buffer.from("ff00fe80c3", "hex"),
  NUL: Buffer.from("before\0after"),
  "bytes with a final newline": Buffer.from("fffe0a", "hex"),
  "text with a final newline": Buffer.from("correct horse\n"),
  "text with final newlines and CR": Buffer.from("several\r\nlines\r\n\n"),
  "text without a final newline": Buffer.from("line\nand line"),
};
