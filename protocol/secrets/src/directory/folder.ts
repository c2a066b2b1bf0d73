// Synchronous, since local files answer at once, and node:fs/promises takes 3 ms to load.
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
import { dirname, join } from "node:path";
import { AlreadyExists, codeOf, ProviderError } from "@nixops4-resources/protocol-core";
import { draftOf, isDeadDraft } from "@nixops4-resources/protocol-core/draft";
import type { ErrorCode } from "../errors.ts";

const extension = ".age";

/** The files of a store, as bytes. The caller has checked the names. */
export class SecretFolder {
  /** Resolved, so that two spellings of a folder are one store with one lock. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Throws if the folder is not accessible: a missing file would prove nothing then. */
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

  /** Undefined only if the folder exists and the file does not. */
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
      if (codeOf(error) === "ENOENT") return undefined;
      throw explain(error, path);
    }
  }

  /** Names of all secrets, sorted. */
  names(): string[] {
    return attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))
      .filter((path) => path.endsWith(extension) && !/(^|\/)\./.test(path))
      .map((path) => path.slice(0, -extension.length))
      .sort();
  }

  /** Creates the whole file or nothing, by a link to a finished draft. Throws AlreadyExists if the name is taken. */
  create(name: string, bytes: Uint8Array): void {
    const path = this.#pathOf(name);
    this.#makeFolders(dirname(path));
    const draft = this.#draft(path, bytes);
    try {
      linkSync(draft, path);
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? new AlreadyExists(name, { cause: error }) : explain(error, path);
    } finally {
      rmSync(draft, { force: true });
      // Also if another process was faster: the caller is about to use its file.
      syncFolder(dirname(path));
    }
  }

  /** Replaces the file in one step. */
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

  /** Removes the drafts of killed processes. */
  removeDeadDrafts(): void {
    for (const path of attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))) {
      if (isDeadDraft(path)) rmSync(join(this.path, path), { force: true });
    }
  }

  #pathOf(name: string): string {
    return join(this.path, name + extension);
  }

  /** Whether the folder of a file exists. Throws if a link leads out of the store. */
  #isInside(path: string): boolean {
    const folder = dirname(path);
    try {
      if (realpathSync(folder) === folder) return true;
    } catch (error) {
      // ENOTDIR is the error of a folder below a file.
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
      throw explain(error, folder);
    }
    throw isLink(folder);
  }

  #makeFolders(folder: string): void {
    if (folder === this.path || this.#isInside(join(folder, "x"))) return;
    this.#makeFolders(dirname(folder));
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) !== "EEXIST") throw explain(error, folder);
    }
    syncFolder(dirname(folder));
  }

  /** Writes through to the disk: a power cut leaves a finished draft whole. */
  #draft(path: string, bytes: Uint8Array): string {
    const draft = draftOf(path);
    attempt(path, () => writeFileSync(draft, bytes, { mode: 0o600, flush: true }));
    return draft;
  }
}

/** Makes links, renames and removals in a folder survive a power cut. Source: fsync(2) */
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
    throw explain(error, path);
  }
}

function explain(error: unknown, path: string): unknown {
  switch (codeOf(error)) {
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
