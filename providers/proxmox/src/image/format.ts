import { open, type FileHandle } from "node:fs/promises";
import { failure } from "../api/failure.ts";

/** Formats that Proxmox imports. */
export type ImageFormat = "ova" | "qcow2" | "raw" | "vmdk";

/** A file with a disk, or a machine for `ova`. */
export interface ImageFile {
  readonly format: ImageFormat;
  readonly sizeBytes: number;
}

/** Enough for every signature but that of an ISO. */
const headBytes = 520;

/** Signatures of what is no disk, and what to build instead. */
const rejected: readonly { readonly signature: Buffer; readonly at: number; readonly what: string }[] = [
  {
    signature: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]),
    at: 0,
    what: "compressed with zstd, as backups of Proxmox are (`.vma.zst`)",
  },
  { signature: Buffer.from([0x1f, 0x8b]), at: 0, what: "compressed with gzip" },
  { signature: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), at: 0, what: "compressed with xz" },
  { signature: Buffer.from("BZh"), at: 0, what: "compressed with bzip2" },
  { signature: Buffer.from("PK\x03\x04"), at: 0, what: "a ZIP archive" },
  { signature: Buffer.from("VMA\0"), at: 0, what: "a backup of Proxmox" },
];

/** Reads what kind of image a file is, by its content. Throws `proxmox.image.invalid` if Proxmox would not import it. */
export async function inspectImage(file: string): Promise<ImageFile> {
  await using handle = await openFile(file);
  const { size: sizeBytes } = await handle.stat();
  const head = Buffer.alloc(headBytes);
  await handle.read(head, 0, headBytes, 0);
  for (const { signature, at, what } of rejected) {
    if (head.subarray(at, at + signature.length).equals(signature)) throw invalid(`${file} is ${what}`);
  }
  const format = formatOf(head);
  if (format === undefined) {
    throw invalid(`${file} is neither qcow2, vmdk nor ova, and has no partition table, as a raw disk has`);
  }
  if (format === "qcow2" && head.readBigUInt64BE(8) !== 0n) {
    throw invalid(`${file} is a qcow2 with a backing file, which Proxmox does not import`);
  }
  return { format, sizeBytes };
}

function formatOf(head: Buffer): ImageFormat | undefined {
  if (head.subarray(0, 4).equals(Buffer.from("QFI\xfb", "latin1"))) return "qcow2";
  if (head.subarray(0, 4).toString("latin1") === "KDMV") return "vmdk";
  if (head.subarray(257, 262).toString("latin1") === "ustar") return "ova";
  return head.readUInt16LE(510) === 0xaa55 ? "raw" : undefined;
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw failure(
      `${file} cannot be read: ${why}`,
      "proxmox.image.invalid",
      "Build the image, or change `file`",
      cause,
    );
  }
}

const invalid = (reason: string): Error =>
  failure(
    reason,
    "proxmox.image.invalid",
    "Build nixpkgs' image variant `qemu`: `config.system.build.images.qemu` is a qcow2 that Proxmox imports",
  );
