// A grey JPEG of 8 x 8 pixels and a PNG of 2 x 2, as an image program wrote them.
const jpeg = Buffer.from(
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAFA3PEY8MlBGQUZaVVBfeMiCeG5uePWvuZHI////////////////////////////////////////////////////wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z",
  "base64",
);
export const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACAQAAAABazTCJAAAADElEQVR4nGNgYGAAAAAEAAH2FzhVAAAAAElFTkSuQmCC",
  "base64",
);

/** A JPEG that differs by its comment. https://www.w3.org/Graphics/JPEG/itu-t81.pdf B.2.4.5 */
export function jpegWith(comment: string): Buffer {
  const segment = Buffer.from(`\0\0\0\0${comment}`, "latin1");
  segment.writeUInt16BE(0xfffe, 0);
  segment.writeUInt16BE(comment.length + 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

/** The head of a JPEG of this size, without a picture. B.2.2: the frame header contains both. */
export function jpegOfSize(width: number, height: number): Buffer {
  const sized = Buffer.from(jpeg);
  const frame = sized.indexOf(Buffer.from([0xff, 0xc0]));
  sized.writeUInt16BE(height, frame + 5);
  sized.writeUInt16BE(width, frame + 7);
  return sized;
}
