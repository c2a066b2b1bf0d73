import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Files that exist while the tests run. */
export class ImageFolder implements AsyncDisposable {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async make(): Promise<ImageFolder> {
    return new ImageFolder(await mkdtemp(join(tmpdir(), "nixops4-proxmox-images-")));
  }

  /** Writes a file, and returns its path. */
  async write(name: string, content: Uint8Array): Promise<string> {
    const file = join(this.#folder, name);
    await writeFile(file, content);
    return file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true });
  }
}
