import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, FileAccess } from "@nixops4-resources/protocol-core/testing";

/** A folder of its own, as the contract needs to see it. */
export class FolderBackend implements Backend {
  readonly folder: string;
  readonly access: FileAccess;
  readonly connection: { folder: string };
  readonly broken: Backend["broken"];
  // The connection has none.
  readonly canaries = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.access = { kind: "files", folder };
    this.connection = { folder };
    this.broken = {
      "a folder that is not there": { folder: join(folder, "nowhere") },
      "a file in place of the folder": { folder: "/proc/version" },
    };
  }

  static async make(): Promise<FolderBackend> {
    return new FolderBackend(await mkdtemp(join(tmpdir(), "nixops4-example-")));
  }

  async reset(): Promise<void> {
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name));
  }

  /** A file's time of change moves with whatever is done to it, and the folder's with whatever is done to its names. */
  async writes(): Promise<unknown> {
    const names = [".", ...(await readdir(this.folder))];
    return await Promise.all(
      names.map(async (name) => `${name} ${(await stat(join(this.folder, name), { bigint: true })).ctimeNs}`),
    );
  }

  /** Every file, hidden ones too, with its text and mode. */
  async snapshot(): Promise<unknown> {
    const names = (await readdir(this.folder)).sort();
    return await Promise.all(
      names.map(async (name) => {
        const path = join(this.folder, name);
        return { name, text: await readFile(path, "utf8"), mode: ((await stat(path)).mode & 0o7777).toString(8) };
      }),
    );
  }

  async log(): Promise<string> {
    return "";
  }

  /** Writes past the provider. */
  async write(name: string, change: (text: string) => string): Promise<void> {
    const path = join(this.folder, name);
    await writeFile(path, change(await readFile(path, "utf8").catch(() => "")));
  }

  async chmod(name: string, mode: number): Promise<void> {
    await chmod(join(this.folder, name), mode);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true });
  }
}
