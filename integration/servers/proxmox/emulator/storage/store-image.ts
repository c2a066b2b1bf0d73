import { imageSize } from "./image-info.ts";
import type { ReceivedFile } from "./received-file.ts";
import type { Storage } from "./storage.ts";
import { parseVolumeName } from "./volume-names.ts";
import type { Parameters } from "../http/parameters.ts";
import { failure, invalid, notEmulated } from "../refusal.ts";

export type ImageContent = "iso" | "vztmpl" | "import";

/** Where an image goes. */
export interface Target {
  readonly storage: Storage;
  readonly node: string;
  /** Its name in the storage, such as `import/a.qcow2`. */
  readonly name: string;
  readonly content: ImageContent;
}

export const isImageContent = (text: string): text is ImageContent =>
  text === "iso" || text === "vztmpl" || text === "import";

/** A path is cut off, other characters become `_`. Source: PVE/Storage.pm: normalize_content_filename */
const normalizedName = (given: string): string => given.replace(/^.*[/\\]/s, "").replaceAll(/[^a-zA-Z0-9_.-]/g, "_");

/** Source: PVE/API2/Storage/Status.pm: upload, download_url */
export function imageName(content: ImageContent, given: string): string {
  // Perl counts the bytes of a letter.
  const filename = normalizedName(Buffer.from(given, "utf8").toString("latin1"));
  if (content === "import") {
    if (!/^[a-zA-Z0-9\-.+=_]+\.(ova|qcow2|raw|vmdk)$/.test(filename)) {
      throw invalid({ filename: "invalid filename or wrong extension" });
    }
  } else if (!(content === "iso" ? /.\.(iso|img)$/i : /.\.tar(\.(gz|xz|zst|bz2))?$/i).test(filename)) {
    throw invalid({ filename: "wrong file extension" });
  }
  return `${content}/${filename}`;
}

/** Looks into an image as an untrusted one. Returns the bytes that a guest sees. */
export function inspect(path: string, { name }: Target, file: ReceivedFile): number {
  const { format } = parseVolumeName(name);
  if (format === "ova") throw notEmulated("uploads of OVAs");
  return imageSize(path, format, file);
}

/** Compares a checksum that the caller expects. */
export function checkChecksum(checksums: ReadonlyMap<string, string>, parameters: Parameters, ending = ""): void {
  const [algorithm, expected] = [parameters.text("checksum-algorithm"), parameters.text("checksum")];
  if (algorithm === undefined || expected === undefined) return;
  const got = checksums.get(algorithm);
  if (got === undefined) throw notEmulated(`the checksum ${algorithm}`);
  if (got !== expected.toLowerCase()) throw failure(`checksum mismatch: got '${got}' != expect '${expected}'${ending}`);
}

/** Stores an image; one of the same name is overwritten. Reference: section 13, upload */
export function store(
  { storage, node, name, content }: Target,
  size: number,
  { size: used, path }: ReceivedFile,
  checksums: ReadonlyMap<string, string>,
): void {
  const { format } = parseVolumeName(name);
  const contents = path === undefined ? undefined : { file: path, format };
  storage.add(node, { key: name, content, format, owner: undefined, size, used, base: undefined, checksums, contents });
}
