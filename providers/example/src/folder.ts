// Synchronous, since a process has nothing else to do meanwhile, and node:fs/promises takes 3 ms to load.
import {
  accessSync,
  chmodSync,
  constants,
  linkSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { AlreadyExists, option, ProviderError, runtimePath, withExample } from "@nixops4-resources/protocol-core";
import * as z from "zod/mini";
import type { ErrorCode } from "./errors.ts";

/** Where the files are; the same for every type of this provider. */
export const connection = z.strictObject({
  folder: option(withExample(runtimePath, "/srv/notes"), "Folder that holds the files. It must exist."),
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

  /** Throws where the folder cannot be used: then a missing file says nothing. */
  check(): void {
    try {
      accessSync(this.folder, constants.R_OK | constants.X_OK);
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

  /** The new file takes the old one's place in one step. */
  replace(name: string, file: StoredFile): void {
    renameSync(this.#draft(name, file), this.pathOf(name));
  }

  remove(name: string): void {
    rmSync(this.pathOf(name), { force: true });
  }

  #draft(name: string, { text, mode }: StoredFile): string {
    const draft = this.pathOf(`.${name}.${process.pid}.draft`);
    try {
      writeFileSync(draft, text);
      // Not as an option of writeFile: there the umask would take bits away.
      chmodSync(draft, Number.parseInt(mode, 8));
    } catch (error) {
      throw explain(error, this.folder);
    }
    return draft;
  }

  /** A process that was killed may have left its draft, also beside a file that it had finished; living ones are in use. */
  removeDeadDrafts(): void {
    for (const entry of readdirSync(this.folder)) {
      const pid = /^\..*\.(\d+)\.draft$/.exec(entry)?.[1];
      if (pid !== undefined && !isAlive(Number(pid))) rmSync(this.pathOf(entry), { force: true });
    }
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
