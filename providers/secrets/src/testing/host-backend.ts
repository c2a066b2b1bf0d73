import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "@nixops4-resources/protocol-core/testing";

/** The parts of this machine that `secret_file` may change when it is used as a host. */
export class HostFolder {
  /** Contains `run` for the files and `registry` for the marks. In memory if possible, like `/run`. */
  readonly folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nixops4-host-"));
  readonly registry = join(this.folder, "registry");
  /** First folder on the host's PATH, for a test's own programs. */
  readonly bin = mkdtempSync(join(tmpdir(), "nixops4-bin-"));
  readonly path = `${join(this.bin, "stand-ins")}:${this.bin}:${process.env["PATH"]}`;

  pathOf(name: string): string {
    return join(this.folder, "run", name);
  }

  async reset(): Promise<void> {
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { recursive: true });
    await mkdir(join(this.folder, "run"), { mode: 0o711 });
  }

  /** Every write changes the ctime of a file, or of the folder that contains it. */
  async writes(): Promise<unknown> {
    return await this.#each(async (path) => `${path} ${(await stat(path, { bigint: true })).ctimeNs}`);
  }

  /** Every file with content, mode and owner. Leaves out folders, which remain, and the random key of fingerprints. */
  async snapshot(): Promise<unknown> {
    return await this.#each(async (path) => {
      const { mode, uid, gid } = await stat(path);
      if (path === join(this.registry, "key") || (await stat(path)).isDirectory()) return undefined;
      return { path, text: await readFile(path, "utf8"), mode: (mode & 0o7777).toString(8), uid, gid };
    });
  }

  async #each(tell: (path: string) => Promise<unknown>): Promise<unknown[]> {
    const names = (await readdir(this.folder, { recursive: true })).sort();
    const told = await Promise.all(names.map((name) => tell(join(this.folder, name))));
    return told.filter((each) => each !== undefined);
  }

  async write(name: string, text: string): Promise<void> {
    await writeFile(this.pathOf(name), text);
  }
  async chmod(name: string, mode: number): Promise<void> {
    await chmod(this.pathOf(name), mode);
  }
  async chown(name: string, uid: number, gid: number): Promise<void> {
    await chown(this.pathOf(name), uid, gid);
  }

  [Symbol.dispose](): void {
    for (const folder of [this.folder, this.bin]) rmSync(folder, { recursive: true });
  }
}

/** Combines the host's folder with a connection to it. */
export function hostBackend(
  host: HostFolder,
  reached: Pick<Backend, "connection" | "broken"> & { logFile?: string; programs: readonly string[] },
): Backend {
  return {
    ...reached,
    access: { kind: "programs", programs: reached.programs, folder: join(host.bin, "stand-ins") },
    // The connection contains paths of key files, never a key.
    canaries: [],
    reset: () => host.reset(),
    writes: () => host.writes(),
    snapshot: () => host.snapshot(),
    log: async () => (reached.logFile === undefined ? "" : await readFile(reached.logFile, "utf8")),
    async [Symbol.asyncDispose]() {
      host[Symbol.dispose]();
    },
  };
}
