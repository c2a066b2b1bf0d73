const cluster = 65_536;

/**
 * An empty qcow2 of version 3, of this virtual size in bytes: the header, a table of reference counts and its block, and a
 * table of clusters. `note` is a text in unused bytes, so that two images differ.
 * https://www.qemu.org/docs/master/interop/qcow2.html
 */
export function qcow2(
  virtualSizeBytes: number,
  options: { readonly backingFile?: boolean; readonly note?: string } = {},
): Buffer {
  const image = Buffer.alloc(4 * cluster);
  image.write("QFI\xfb", 0, "latin1");
  image.writeUInt32BE(3, 4);
  if (options.backingFile === true) {
    image.writeBigUInt64BE(1024n, 8);
    image.writeUInt32BE(8, 16);
  }
  image.writeUInt32BE(16, 20);
  image.writeBigUInt64BE(BigInt(virtualSizeBytes), 24);
  image.writeUInt32BE(Math.ceil(virtualSizeBytes / (8192 * cluster)), 36);
  image.writeBigUInt64BE(BigInt(3 * cluster), 40);
  image.writeBigUInt64BE(BigInt(cluster), 48);
  image.writeUInt32BE(1, 56);
  image.writeUInt32BE(4, 96);
  image.writeUInt32BE(104, 100);
  image.write(options.note ?? "", 4096);
  image.writeBigUInt64BE(BigInt(2 * cluster), cluster);
  for (let index = 0; index < 4; index++) image.writeUInt16BE(1, 2 * cluster + 2 * index);
  return image;
}
