import { failure } from "../refusal.ts";

export type Content = "images" | "iso" | "vztmpl" | "import" | "snippets" | "backup" | "rootdir";

export type Format = "raw" | "qcow2" | "vmdk" | "ova" | "iso" | "subvol" | "tgz";

/** A volume's name in a directory storage. */
export interface VolumeName {
  readonly content: Content;
  readonly format: Format;
  /** The VM whose folder an image is in. */
  readonly owner: number | undefined;
  /** The name without the base image of a linked clone. */
  readonly key: string;
  /** The base image of a linked clone. */
  readonly base: string | undefined;
  readonly isBase: boolean;
}

const imageFormat = (name: string): Format | undefined => {
  const [, format] = /\.(raw|qcow2|vmdk|subvol)$/.exec(name) ?? [];
  return format === "raw" || format === "qcow2" || format === "vmdk" || format === "subvol" ? format : undefined;
};

/** Source: PVE/Storage/Plugin.pm: parse_volname */
export function parseVolumeName(name: string): VolumeName {
  const clone = /^(\d+\/[^/\s]+)\/(\d+)\/([^/\s]+)$/.exec(name);
  if (clone !== null) return { ...image(clone[2] ?? "", clone[3] ?? "", name), base: clone[1] };
  const own = /^(\d+)\/([^/\s]+)$/.exec(name);
  if (own !== null) return image(own[1] ?? "", own[2] ?? "", name);
  const [, folder, file = ""] = /^(iso|vztmpl|import|snippets|backup)\/([^/]+)$/.exec(name) ?? [];
  const rest = { owner: undefined, key: name, base: undefined, isBase: false };
  if (folder === "iso" && /\.(iso|img)$/i.test(file)) return { content: "iso", format: "iso", ...rest };
  if (folder === "import") {
    const [, format] = /\.(qcow2|raw|vmdk|ova)$/.exec(file) ?? [];
    if (format === "qcow2" || format === "raw" || format === "vmdk" || format === "ova") {
      return { content: "import", format, ...rest };
    }
  }
  if (folder === "vztmpl" && /\.tar\.[gxz]\w+$/.test(file)) return { content: "vztmpl", format: "tgz", ...rest };
  if (folder === "snippets") return { content: "snippets", format: "raw", ...rest };
  throw failure(`unable to parse directory volume name '${name}'`);
}

function image(owner: string, file: string, name: string): VolumeName {
  const format = imageFormat(file);
  if (format === undefined) throw failure(`unable to parse volume filename '${file}'`);
  const isBase = /^base-\d+-/.test(file);
  const key = `${owner}/${file}`;
  if (key === "") throw failure(`unable to parse directory volume name '${name}'`);
  return { content: "images", format, owner: Number(owner), key, base: undefined, isBase };
}

/** `STORAGE:NAME`. Source: PVE/Storage/Plugin.pm: parse_volume_id */
export function splitVolumeId(volid: string): { storage: string; name: string } | undefined {
  const [, storage, name] = /^([a-z][a-z0-9\-_.]*[a-z0-9]):(.+)$/i.exec(volid) ?? [];
  return storage === undefined || name === undefined ? undefined : { storage, name };
}
