import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Backend } from "@nixops4-resources/protocol-core/testing";

/** The parts of a host that `secret_file` may touch, on this machine however it is reached, as the contract sees them. */
export class HostFolder {
  /** In it `run` takes the files and `registry` the marks; in memory where it can be, as `/run` is. */
  readonly folder = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "nixops4-host-"));
  readonly registry = join(this.folder, "registry");
  /** Comes first on the PATH of who is on the host, for programs of a test's own. */
  readonly bin = mkdtempSync(join(tmpdir(), "nixops4-bin-"));
  readonly path = `${join(this.bin, "stand-ins")}:${this.bin}:${process.env["PATH"]}`;

  pathOf(name: string): string {
    return join(this.folder, "run", name);
  }

  async reset(): Promise<void> {
    for (const name of await readdir(this.folder)) await rm(join(this.folder, name), { recursive: true });
    await mkdir(join(this.folder, "run"), { mode: 0o711 });
  }

  /** A time of change moves with whatever is done to a file, and that of a folder with whatever is done to its names. */
  async writes(): Promise<unknown> {
    return await this.#each(async (path) => `${path} ${(await stat(path, { bigint: true })).ctimeNs}`);
  }

  /** Every file with its content, mode and owner. Folders stay, and the key of fingerprints is drawn by chance. */
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

  /** Changes by hand. */
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

/** That part of this machine with a way to reach it. */
export function hostBackend(
  host: HostFolder,
  reached: Pick<Backend, "connection" | "broken"> & { logFile?: string; programs: readonly string[] },
): Backend {
  return {
    ...reached,
    access: { kind: "programs", programs: reached.programs, folder: join(host.bin, "stand-ins") },
    // The connection names files of keys, never a key.
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
