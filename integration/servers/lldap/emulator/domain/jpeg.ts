const markers = { start: 0xd8, end: 0xd9, huffman: 0xc4, quantization: 0xdb, scan: 0xda };
/** A frame of a baseline, extended or progressive image. */
const frames = [0xc0, 0xc1, 0xc2];

/**
 * Whether the bytes have the segments that a JPEG needs before its pixels; lldap decodes the pixels too, but accepts a
 * truncated image. Source: crates/domain/src/types.rs: JpegPhoto
 */
export function isJpeg(bytes: Buffer): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== markers.start) return false;
  const seen = new Set<number>();
  for (let at = 2; at + 4 <= bytes.length;) {
    const marker = bytes[at + 1] ?? 0;
    const length = bytes.readUInt16BE(at + 2);
    if (bytes[at] !== 0xff || marker === markers.end || length < 2) return false;
    if (at + 2 + length > bytes.length) return false;
    if (frames.includes(marker) && !hasSize(bytes.subarray(at + 4))) return false;
    if (marker === markers.scan) {
      return seen.has(markers.huffman) && seen.has(markers.quantization) && frames.some((frame) => seen.has(frame));
    }
    seen.add(marker);
    at += 2 + length;
  }
  return false;
}

const hasSize = (frame: Buffer): boolean => frame.length >= 6 && frame.readUInt16BE(1) > 0 && frame.readUInt16BE(3) > 0;
