import type { ReceivedFile } from "./received-file.ts";
import { failure, notEmulated } from "../refusal.ts";

/** Bytes that a guest sees of an untrusted image. Source: PVE/Storage/Plugin.pm: file_size_info */
export function imageSize(path: string, format: string, file: Pick<ReceivedFile, "head" | "size">): number {
  switch (format) {
    case "qcow2":
      return qcow2Size(path, file.head);
    case "vmdk":
      return vmdkSize(path, file.head);
    case "raw":
    case "iso":
      return file.size;
    default:
      throw notEmulated(`images of the format ${format}`);
  }
}

const unreadable = (path: string, format: string): Error =>
  failure(`qemu-img: Could not open '${path}': Image is not in ${format} format`);

/** Source: https://gitlab.com/qemu-project/qemu/-/blob/master/docs/interop/qcow2.txt */
function qcow2Size(path: string, head: Buffer): number {
  if (head.length < 104 || head.toString("latin1", 0, 4) !== "QFI\u00fb") throw unreadable(path, "qcow2");
  if (head.readBigUInt64BE(8) !== 0n) throw failure(`backing file not allowed for untrusted image '${path}'!`);
  const hasDataFile = head.readUInt32BE(4) >= 3 && (head.readBigUInt64BE(72) & 4n) !== 0n;
  if (hasDataFile) throw failure(`${path}: 'data-file' references are not allowed!`);
  return Number(head.readBigUInt64BE(24));
}

/** A sparse image, or a descriptor with extents. */
function vmdkSize(path: string, head: Buffer): number {
  if (head.length >= 20 && head.toString("latin1", 0, 4) === "KDMV") return Number(head.readBigUInt64LE(12)) * 512;
  const text = head.toString("latin1");
  if (!text.startsWith("# Disk DescriptorFile")) throw unreadable(path, "vmdk");
  throw failure(`${path}: multiple children or extents are not allowed!`);
}
