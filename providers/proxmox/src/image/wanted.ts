import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { failure } from "../api/failure.ts";
import { inspectImage, type ImageFormat } from "./format.ts";
import type { Want } from "./inputs.ts";
import { fileNameOf, volumeOf } from "./volume.ts";

/** Where an image comes from. */
type Source =
  | { readonly kind: "file"; readonly file: string; readonly sizeBytes: number }
  | { readonly kind: "url"; readonly url: string };

/** The volume of the wanted content. */
export interface WantedVolume {
  readonly from: Source;
  readonly fileName: string;
  readonly volume: string;
  readonly sha256: string;
  /** Undefined for a download: only the node learns it. */
  readonly sizeBytes: number | undefined;
}

/** Throws if the inputs name no image, or not one that Proxmox imports. */
export async function wantedVolume(want: Want): Promise<WantedVolume> {
  const { file, url } = want;
  if (file !== null && url === null) return await volumeOfFile(want, file);
  if (file === null && url !== null) return volumeAt(want, url);
  throw failure(
    file === null ? "neither `file` nor `url` is set" : "both `file` and `url` are set",
    "proxmox.image.invalid",
    "Set exactly one of `file` and `url`",
  );
}

async function volumeOfFile(want: Want, file: string): Promise<WantedVolume> {
  const { format, sizeBytes } = await inspectImage(file);
  const sha256 = want.sha256 ?? (await hashOf(file));
  return { from: { kind: "file", file, sizeBytes }, sizeBytes, sha256, ...namesOf(want, sha256, format) };
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest("hex");
}

function volumeAt(want: Want, url: string): WantedVolume {
  const { sha256 } = want;
  if (sha256 === null) {
    throw failure(
      "`url` is set without `sha256`, so nobody could tell what the nodes download",
      "proxmox.image.invalid",
      "Set `sha256` to the hash that the publisher of the image names",
    );
  }
  const format = want.format ?? formatAt(url);
  return { from: { kind: "url", url }, sizeBytes: undefined, sha256, ...namesOf(want, sha256, format) };
}

const namesOf = (want: Want, sha256: string, format: ImageFormat): { fileName: string; volume: string } => {
  const fileName = fileNameOf(want, sha256, format);
  return { fileName, volume: volumeOf(want.storage, fileName) };
};

const formats = ["ova", "qcow2", "raw", "vmdk"] as const;

/** By the end of the path. Ubuntu's `.img` is a qcow2, others' is a raw disk. */
function formatAt(url: string): ImageFormat {
  const [, extension = ""] = /\.([a-z0-9]+)$/i.exec(url.replace(/[?#].*$/, "")) ?? [];
  const format = formats.find((one) => one === extension.toLowerCase());
  if (format !== undefined) return format;
  const isCompressed = /^(bz2|gz|lzo|xz|zip|zst)$/i.test(extension);
  throw failure(
    isCompressed
      ? `${url} is compressed, and Proxmox does not decompress images for import`
      : `the end of ${url} does not tell the format of the image`,
    "proxmox.image.invalid",
    isCompressed ? "Publish the image without compression, or use `file`" : "Set `format`",
  );
}
