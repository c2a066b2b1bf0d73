// Synchronous, since a process has nothing else to do meanwhile, and node:fs/promises takes 3 ms to load.
import {
  closeSync,
  constants,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { AlreadyExists, ProviderError } from "@nixops4-resources/protocol-core";
import type { ErrorCode } from "../errors.ts";

const extension = ".age";

/** The folder of a store as files: what is whole in them is another's matter. Names were checked before. */
export class SecretFolder {
  /** Without links: two spellings of a folder are one store, and one lock. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Throws where the folder cannot be used: then a missing file says nothing. */
  static open(folder: string): SecretFolder {
    const path = attempt(folder, () => realpathSync(folder));
    const store = process.env["NIX_STORE_DIR"] ?? "/nix/store";
    if (path === store || path.startsWith(`${store}/`)) {
      throw failure("secret.directory.public", `${folder} is in the Nix store, which everybody can read`, {
        hint: "Name a folder outside the Nix store, as a string",
      });
    }
    const status = attempt(folder, () => statSync(path));
    if (!status.isDirectory()) throw missing(folder);
    if ((status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
      throw failure("secret.directory.public", `others than its owner may look into ${folder} (mode ${mode})`, {
        hint: `chmod 0700 ${folder}`,
      });
    }
    return new SecretFolder(path);
  }

  /** Undefined only where there is no such file in a folder that is there. */
  read(name: string): Buffer | undefined {
    const path = this.#pathOf(name);
    if (!this.#isInside(path)) return undefined;
    try {
      const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        return readFileSync(file);
      } finally {
        closeSync(file);
      }
    } catch (error) {
      if (systemErrorCode(error) === "ENOENT") return undefined;
      throw toProviderError(error, path);
    }
  }

  /** Of all secrets that are there, sorted. */
  names(): string[] {
    return attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))
      .filter((path) => path.endsWith(extension) && !/(^|\/)\./.test(path))
      .map((path) => path.slice(0, -extension.length))
      .sort();
  }

  /** Whole or not at all: a link to a finished file appears at once. Throws AlreadyExists where the name is taken. */
  create(name: string, bytes: Uint8Array): void {
    const path = this.#pathOf(name);
    this.#makeFolders(dirname(path));
    const draft = this.#draft(path, bytes);
    try {
      linkSync(draft, path);
    } catch (error) {
      throw systemErrorCode(error) === "EEXIST"
        ? new AlreadyExists(name, { cause: error })
        : toProviderError(error, path);
    } finally {
      rmSync(draft, { force: true });
      // Also where somebody was faster: what he wrote is about to be used here.
      syncFolder(dirname(path));
    }
  }

  /** The new file takes the old one's place in one step. */
  replace(name: string, bytes: Uint8Array): void {
    const path = this.#pathOf(name);
    const draft = this.#draft(path, bytes);
    attempt(path, () => renameSync(draft, path));
    syncFolder(dirname(path));
  }

  remove(name: string): void {
    const path = this.#pathOf(name);
    if (!this.#isInside(path)) return;
    attempt(path, () => rmSync(path, { force: true }));
    syncFolder(dirname(path));
  }

  /** A process that was killed may have left its draft, also beside a file that it had finished; living ones are in use. */
  removeDeadDrafts(): void {
    for (const path of attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))) {
      const pid = /(?:^|\/)\.[^/]*\.(\d+)\.draft$/.exec(path)?.[1];
      if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(this.path, path), { force: true });
    }
  }

  #pathOf(name: string): string {
    return join(this.path, name + extension);
  }

  /** Whether the folder of a file is there; throws where a link leads out of the store. */
  #isInside(path: string): boolean {
    const folder = dirname(path);
    try {
      if (realpathSync(folder) === folder) return true;
    } catch (error) {
      // The last is said of a folder below a file.
      if (["ENOENT", "ENOTDIR"].includes(String(systemErrorCode(error)))) return false;
      throw toProviderError(error, folder);
    }
    throw isLink(folder);
  }

  #makeFolders(folder: string): void {
    if (folder === this.path || this.#isInside(join(folder, "x"))) return;
    this.#makeFolders(dirname(folder));
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (systemErrorCode(error) !== "EEXIST") throw toProviderError(error, folder);
    }
    syncFolder(dirname(folder));
  }

  /** What a power cut leaves of a finished file is all of it. */
  #draft(path: string, bytes: Uint8Array): string {
    const draft = join(dirname(path), `.${basename(path)}.${process.pid}.draft`);
    attempt(path, () => writeFileSync(draft, bytes, { mode: 0o600, flush: true }));
    return draft;
  }
}

/** What was linked, renamed or removed in a folder is so after a power cut too. Source: fsync(2) */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw toProviderError(error, path);
  }
}

function toProviderError(error: unknown, path: string): unknown {
  switch (systemErrorCode(error)) {
    case "ENOENT":
    case "ENOTDIR":
      return missing(path, error);
    case "ELOOP":
      return isLink(path, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return failure("secret.directory.denied", `${path} may not be used by this user`, {
        hint: "Let the user who runs nixops4 own the folder and what is in it",
        cause: error,
      });
    default:
      return error;
  }
}

const missing = (folder: string, cause?: unknown): ProviderError =>
  failure("secret.directory.missing", `there is no folder ${folder}`, { hint: `mkdir -m 0700 ${folder}`, cause });

const isLink = (path: string, cause?: unknown): ProviderError =>
  failure("secret.directory.link", `${path} is a link, and what a store keeps lies in its own folder`, {
    hint: "Put the file or folder itself there",
    cause,
  });

const failure = (code: ErrorCode, reason: string, more: { hint: string; cause?: unknown }): ProviderError =>
  new ProviderError<ErrorCode>(reason, { code, ...more });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) === "EPERM";
  }
}

const systemErrorCode = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
