import { parseVolumeName, type Content, type Format } from "./volume-names.ts";
import type { Contents } from "../hardware/hardware.ts";
import { failure } from "../refusal.ts";

export interface Volume {
  /** Its name in the storage, without a base image. */
  readonly key: string;
  readonly content: Content;
  readonly format: Format;
  readonly owner: number | undefined;
  /** The node it is on; undefined in a shared storage. */
  readonly node: string | undefined;
  /** Bytes that a guest sees. */
  size: number;
  /** Bytes of the file. */
  used: number;
  readonly createdAt: number;
  /** Key of the base image of a linked clone. */
  readonly base: string | undefined;
  /** Names of the snapshots that are in the image. */
  readonly snapshots: Set<string>;
  /** Checksums of an image by algorithm, as far as they are known. */
  readonly checksums?: ReadonlyMap<string, string>;
  /** Bytes of an image, or of the image that a disk was made from, if VMs really run. */
  readonly contents?: Contents | undefined;
}

export interface StorageSettings {
  readonly name: string;
  readonly path: string;
  readonly contents: ReadonlySet<string>;
  readonly isShared: boolean;
}

const folders: Readonly<Record<Content, string>> = {
  images: "images",
  rootdir: "private",
  iso: "template/iso",
  vztmpl: "template/cache",
  import: "import",
  snippets: "snippets",
  backup: "dump",
};

/** Bytes of the file of a new, empty image: raw ones are sparse. */
export const emptyFileSize = (format: Format): number => (format === "raw" ? 0 : 196_608);

/** A directory storage on all nodes. Source: PVE/Storage/DirPlugin.pm */
export class Storage {
  settings: StorageSettings;
  #volumes: Volume[] = [];

  constructor(settings: StorageSettings) {
    this.settings = settings;
  }

  get name(): string {
    return this.settings.name;
  }

  volumesOn(node: string): readonly Volume[] {
    return this.#volumes.filter((volume) => this.#isOn(volume, node));
  }

  find(node: string, name: string): Volume | undefined {
    const { key } = parseVolumeName(name);
    return this.volumesOn(node).find((volume) => volume.key === key);
  }

  add(node: string, volume: Omit<Volume, "node" | "createdAt" | "snapshots">): Volume {
    const added: Volume = {
      ...volume,
      node: this.settings.isShared ? undefined : node,
      createdAt: Math.floor(Date.now() / 1000),
      snapshots: new Set(),
    };
    this.#volumes = [...this.#volumes.filter((other) => other.key !== volume.key || !this.#isOn(other, node)), added];
    return added;
  }

  remove(volume: Volume): void {
    this.#volumes = this.#volumes.filter((other) => other !== volume);
  }

  /** Moves the images of a VM along with it, as a migration with local disks does. */
  moveImages(vmid: number, target: string): void {
    if (this.settings.isShared) return;
    this.#volumes = this.#volumes.map((volume) => (volume.owner === vmid ? { ...volume, node: target } : volume));
  }

  volumeId({ key, base }: Volume): string {
    return `${this.name}:${base === undefined ? "" : `${base}/`}${key}`;
  }

  pathOf(name: string): string {
    const { content, key } = parseVolumeName(name);
    const file = content === "images" ? key : key.slice(key.indexOf("/") + 1);
    return `${this.settings.path}/${folders[content]}/${file}`;
  }

  /** The next free name of a disk; names are used again at once. Reference: section 13, disks */
  freeDiskName(node: string, vmid: number, format: Format, prefix = "vm"): string {
    const taken = new Set(this.volumesOn(node).map(({ key }) => /^\d+\/(?:vm|base)-(\d+-disk-\d+)\./.exec(key)?.[1]));
    for (let index = 0; ; index++) {
      if (!taken.has(`${vmid}-disk-${index}`)) return `${vmid}/${prefix}-${vmid}-disk-${index}.${format}`;
    }
  }

  requireContent(content: string): void {
    if (!this.settings.contents.has(content)) {
      throw failure(`storage '${this.name}' does not support '${content}' content`);
    }
  }

  #isOn(volume: Volume, node: string): boolean {
    return volume.node === undefined || volume.node === node;
  }
}
