import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend, FileAccess } from "@nixops4-resources/protocol-core/testing";

/** A temporary folder as the backend of the contract. */
export class FolderBackend implements Backend {
  readonly folder: string;
  readonly access: FileAccess;
  readonly connection: { folder: string };
  readonly broken: Backend["broken"];
  // The connection contains no secrets.
  readonly canaries = [];

  private constructor(folder: string) {
    this.folder = folder;
    this.access = { kind: "files", folder };
    this.connection = { folder };
    this.broken = {
      "a missing folder": { folder: join(folder, "nowhere") },
      "a file instead of the folder": { folder: "/proc/version" },
    };
  }

  static async make(): Promise<FolderBackend> {
    return new FolderBackend(await mkdtemp(join(tmpdir(), "nixops4-example-")));
  }

  async reset(): Promise<void> {
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name));
  }

  /** Change times (ctime): every write to a file changes its own, every new or removed name changes the folder's. */
  async writes(): Promise<unknown> {
    const names = [".", ...(await readdir(this.folder))];
    return await Promise.all(
      names.map(async (name) => `${name} ${(await stat(join(this.folder, name), { bigint: true })).ctimeNs}`),
    );
  }

  /** All files, including hidden ones, with text and mode. */
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

  /** Writes a file without the provider. */
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
