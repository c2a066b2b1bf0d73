// Synchronous, since local files are fast and node:fs/promises takes 3 ms to load.
import {
  accessSync,
  chmodSync,
  constants,
  linkSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import {
  AlreadyExists,
  codeOf,
  option,
  ProviderError,
  runtimePath,
  takeLock,
  withExample,
} from "@nixops4-resources/protocol-core";
import { draftOf, isDeadDraft } from "@nixops4-resources/protocol-core/draft";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";

/** The connection, which all types of this provider share. */
export const connection = z.strictObject({
  folder: option(withExample(runtimePath, "/srv/notes"), "Folder that contains the files. It must exist."),
});

export interface StoredFile {
  text: string;
  /** Permission bits in octal, such as `0644`. */
  mode: string;
}

/** Client for a folder of small files, without methods that write. */
export class FolderReader implements AsyncDisposable {
  protected readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  pathOf(name: string): string {
    return join(this.folder, name);
  }

  /** Reads a file. Returns undefined only if the folder exists and the file does not. */
  read(name: string): StoredFile | undefined {
    try {
      const { mode } = statSync(this.pathOf(name));
      const text = readFileSync(this.pathOf(name), "utf8");
      return { text, mode: (mode & 0o7777).toString(8).padStart(4, "0") };
    } catch (error) {
      if (codeOf(error) !== "ENOENT") throw error;
      this.check();
      return undefined;
    }
  }

  names(): string[] {
    return readdirSync(this.folder)
      .filter((name) => !name.startsWith("."))
      .sort();
  }

  /** Throws if the folder is not accessible: then a file that is not found may still exist. */
  check(): void {
    try {
      accessSync(this.folder, constants.R_OK | constants.X_OK);
    } catch (error) {
      throw explain(error, this.folder);
    }
  }

  // Nothing to close. A provider for a server closes its connection here.
  async [Symbol.asyncDispose](): Promise<void> {}
}

/** The same folder, with the methods that write. */
export class FolderWriter extends FolderReader {
  /** Creates the file atomically, by a link to a finished draft. Throws AlreadyExists if the file exists. */
  create(name: string, file: StoredFile): void {
    const draft = this.#draft(name, file);
    try {
      linkSync(draft, this.pathOf(name));
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? new AlreadyExists(name, { cause: error }) : explain(error, this.folder);
    } finally {
      rmSync(draft, { force: true });
    }
  }

  /**
   * Excludes other writers of the file while `work` reads it, compares its mark and writes it.
   *
   * A file system cannot compare and write in one step, so that the lock is all the proof there is. It excludes the
   * processes of this user on this machine. A person's editor, another user, or a machine that shares the folder can still
   * write in the moment between the comparison and the rename. A backend with conditional writes leaves no such moment:
   * see providers/example-http.
   */
  async exclusively(name: string, work: () => void | Promise<void>): Promise<void> {
    // Named after the file itself, however the path is spelled.
    const path = join(realpathSync(this.folder), name);
    using _lock = await takeLock(`example:${path}`, `another process that changes ${path}`);
    await work();
  }

  /** Replaces the file in one step. */
  replace(name: string, file: StoredFile): void {
    renameSync(this.#draft(name, file), this.pathOf(name));
  }

  remove(name: string): void {
    rmSync(this.pathOf(name), { force: true });
  }

  #draft(name: string, { text, mode }: StoredFile): string {
    const draft = draftOf(this.pathOf(name));
    try {
      writeFileSync(draft, text);
      // The umask would remove bits from the option `mode` of writeFile.
      chmodSync(draft, Number.parseInt(mode, 8));
    } catch (error) {
      throw explain(error, this.folder);
    }
    return draft;
  }

  /** Removes the drafts of killed processes. */
  removeDeadDrafts(): void {
    for (const entry of readdirSync(this.folder)) if (isDeadDraft(entry)) rmSync(this.pathOf(entry), { force: true });
  }
}

export async function connectReader({ folder }: z.output<typeof connection>): Promise<FolderReader> {
  const client = new FolderReader(folder);
  client.check();
  return client;
}

export async function connectWriter({ folder }: z.output<typeof connection>): Promise<FolderWriter> {
  const client = new FolderWriter(folder);
  client.check();
  client.removeDeadDrafts();
  return client;
}

function explain(error: unknown, folder: string): unknown {
  switch (codeOf(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return new ProviderError<ErrorCode>(`the folder ${folder} does not exist`, {
        code: "example.folder.missing",
        hint: "Create the folder, or set `connection.folder` to an existing one",
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new ProviderError<ErrorCode>(`this user has no access to ${folder}`, {
        code: "example.folder.denied",
        hint: `Grant the user who runs nixops4 write access to ${folder}`,
        cause: error,
      });
    default:
      return error;
  }
}
