import { constants } from "node:fs";
import { access, chmod, link, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AlreadyExists, option, ProviderError, runtimePath } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";

/** Where the files are; the same for every type of this provider. */
export const connection = z.strictObject({
  folder: option(runtimePath, "Folder that holds the files. It must exist."),
});

export interface StoredFile {
  text: string;
  /** Permission bits in octal, such as `0644`. */
  mode: string;
}

/** A folder of small files, for looking only. */
export class FolderReader implements AsyncDisposable {
  protected readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** Undefined only where there is no such file in a folder that is there. */
  async read(name: string): Promise<StoredFile | undefined> {
    try {
      const { mode } = await stat(this.pathOf(name));
      const text = await readFile(this.pathOf(name), "utf8");
      return { text, mode: (mode & 0o7777).toString(8).padStart(4, "0") };
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      await this.check();
      return undefined;
    }
  }

  async names(): Promise<string[]> {
    return (await readdir(this.folder)).filter((name) => !name.startsWith(".")).sort();
  }

  /** Throws where the folder cannot be used: then a missing file says nothing. */
  async check(): Promise<void> {
    try {
      await access(this.folder, constants.R_OK | constants.X_OK);
    } catch (error) {
      throw explain(error, this.folder);
    }
  }

  // A folder needs no closing; a connection to a server is closed here.
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The same folder, for writing too. */
export class FolderWriter extends FolderReader {
  /** Whole or not at all: a link to a finished file appears at once. Throws AlreadyExists where the name is taken. */
  async create(name: string, file: StoredFile): Promise<void> {
    const draft = await this.#draft(name, file);
    try {
      await link(draft, this.pathOf(name));
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? new AlreadyExists(name, { cause: error }) : explain(error, this.folder);
    } finally {
      await rm(draft, { force: true });
    }
  }

  /** The new file takes the old one's place in one step. */
  async replace(name: string, file: StoredFile): Promise<void> {
    await rename(await this.#draft(name, file), this.pathOf(name));
  }

  async remove(name: string): Promise<void> {
    await rm(this.pathOf(name), { force: true });
  }

  async #draft(name: string, { text, mode }: StoredFile): Promise<string> {
    await this.#removeDeadDrafts(name);
    const draft = this.pathOf(`.${name}.${process.pid}.draft`);
    try {
      await writeFile(draft, text);
      // Not as an option of writeFile: there the umask would take bits away.
      await chmod(draft, Number.parseInt(mode, 8));
    } catch (error) {
      throw explain(error, this.folder);
    }
    return draft;
  }

  /** A process that was killed may have left its draft; those of living processes are in use. */
  async #removeDeadDrafts(name: string): Promise<void> {
    for (const entry of await readdir(this.folder)) {
      const pid = entry.startsWith(`.${name}.`) && /\.(\d+)\.draft$/.exec(entry)?.[1];
      if (pid && !isAlive(Number(pid))) await rm(this.pathOf(entry), { force: true });
    }
  }
}

/** A client that fits the access: what only looks gets no method that writes. */
export async function connect(inputs: z.output<typeof connection>, mode: "write"): Promise<FolderWriter>;
export async function connect(inputs: z.output<typeof connection>, mode: "read"): Promise<FolderReader>;
export async function connect({ folder }: z.output<typeof connection>, mode: "read" | "write"): Promise<FolderReader> {
  const client = mode === "write" ? new FolderWriter(folder) : new FolderReader(folder);
  await client.check();
  return client;
}

function explain(error: unknown, folder: string): unknown {
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return new ProviderError<ErrorCode>(`there is no folder ${folder}`, {
        code: "example.folder.missing",
        hint: "Make it, or name another one in `connection.folder`",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new ProviderError<ErrorCode>(`${folder} may not be used by this user`, {
        code: "example.folder.denied",
        hint: `Give the user who runs nixops4 the right to write in ${folder}`,
        cause: error,
      });
    default:
      return error;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && "code" in error ? error.code : undefined);
