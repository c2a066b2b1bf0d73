import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Volume } from "../storage/storage.ts";

const run = promisify(execFile);

/** The files of volumes. A volume gets its file at the first start of its VM, from the image that it was made from. */
export class DiskFiles {
  readonly #folder: string;
  readonly #files = new Map<Volume, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The file, as large as the volume. */
  async fileOf(volume: Volume): Promise<string> {
    const { format, size } = volume;
    const file = this.#files.get(volume) ?? (await this.#make(volume));
    await run("qemu-img", ["resize", "-q", "-f", format, file, String(size)]);
    return file;
  }

  async #make(volume: Volume): Promise<string> {
    const { contents, format, size } = volume;
    const file = join(this.#folder, `disk-${this.#files.size}.${format}`);
    await (contents === undefined
      ? run("qemu-img", ["create", "-q", "-f", format, file, String(size)])
      : run("qemu-img", ["convert", "-q", "-f", contents.format, "-O", format, contents.file, file]));
    this.#files.set(volume, file);
    return file;
  }
}
