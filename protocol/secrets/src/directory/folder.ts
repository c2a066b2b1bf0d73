// Writes are synchronous: loading node:fs/promises takes 3 ms. Before one, the path is read without blocking.
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { AlreadyExists, codeOf, ProviderError } from "@nixops4-resources/protocol-core";
import { draftOf, isDeadDraft } from "@nixops4-resources/protocol-core/draft";
import { explainFileError, lookAtPath, readUserFile, UnreadableFile } from "@nixops4-resources/protocol-core/files";
import type { ErrorCode } from "../errors.ts";

const extension = ".age";
/** Two values and their metadata, in base64 and encrypted. */
const largestBytes = 16_777_216;

/** The files in a store's folder. The caller checks names and contents. */
export class SecretFolder {
  /** Without symbolic links, so that two spellings of a folder mean one store and one lock. */
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Throws if the folder cannot be used: a missing file would then prove nothing. */
  static async open(folder: string): Promise<SecretFolder> {
    const { real: path, status } = await attemptToRead(folder, () => lookAtPath(folder));
    const store = process.env["NIX_STORE_DIR"] ?? "/nix/store";
    if (path === store || path.startsWith(`${store}/`)) {
      throw failure("secret.directory.public", `${folder} is in the Nix store, which every user can read`, {
        hint: "Use a folder outside the Nix store, and write its path as a string",
      });
    }
    if (!status.isDirectory()) throw missing(folder);
    if ((status.mode & 0o077) !== 0) {
      const mode = (status.mode & 0o777).toString(8).padStart(4, "0");
      throw failure("secret.directory.public", `users other than the owner can access ${folder} (mode ${mode})`, {
        hint: `Run chmod 0700 ${folder}`,
      });
    }
    if (process.getuid !== undefined && status.uid !== process.getuid()) {
      // Its owner could replace secrets with others: anybody can encrypt to a recipient.
      throw failure("secret.directory.owner", `${folder} belongs to another user (number ${status.uid})`, {
        hint: `Make the user who runs nixops4 the owner (chown -R), after checking who wrote its files`,
      });
    }
    rejectReplaceable(dirname(path));
    return new SecretFolder(path);
  }

  /** Undefined only if the store's folder exists and has no such file. */
  async read(name: string): Promise<Buffer | undefined> {
    const path = this.#pathOf(name);
    if (!this.#isInside(path)) return undefined;
    try {
      return await readUserFile(path, { largestBytes, noLink: true });
    } catch (error) {
      if (error instanceof UnreadableFile && error.kind === "missing") return undefined;
      throw toProviderError(error, path);
    }
  }

  /** The names of all secrets, sorted. */
  names(): string[] {
    return attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))
      .filter((path) => path.endsWith(extension) && !/(^|\/)\./.test(path))
      .map((path) => path.slice(0, -extension.length))
      .sort();
  }

  /** Creates the file atomically, by a link to a complete draft. Throws AlreadyExists if the name is taken. */
  create(name: string, bytes: Uint8Array): void {
    const path = this.#pathOf(name);
    this.#makeFolders(dirname(path));
    const draft = this.#draft(path, bytes);
    try {
      linkSync(draft, path);
    } catch (error) {
      throw codeOf(error) === "EEXIST" ? new AlreadyExists(name, { cause: error }) : toProviderError(error, path);
    } finally {
      rmSync(draft, { force: true });
      // Also if another process created the file first: this process is about to use it.
      syncFolder(dirname(path));
    }
  }

  /** Replaces the file atomically. */
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

  /** Removes drafts of killed processes, even beside a complete file. Drafts of running processes are still in use. */
  removeDeadDrafts(): void {
    for (const path of attempt(this.path, () => readdirSync(this.path, { recursive: true, encoding: "utf8" }))) {
      if (isDeadDraft(path)) rmSync(join(this.path, path), { force: true });
    }
  }

  #pathOf(name: string): string {
    return join(this.path, name + extension);
  }

  /** Whether the folder of a file exists. Throws if the folder is reached through a symbolic link. */
  #isInside(path: string): boolean {
    const folder = dirname(path);
    try {
      if (realpathSync(folder) === folder) return true;
    } catch (error) {
      // The system reports ENOTDIR for a folder below a file.
      if (["ENOENT", "ENOTDIR"].includes(codeOf(error))) return false;
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
      if (codeOf(error) !== "EEXIST") throw toProviderError(error, folder);
    }
    syncFolder(dirname(folder));
  }

  /** Writes a draft to disk completely, so that a power failure cannot truncate the file that it becomes. */
  #draft(path: string, bytes: Uint8Array): string {
    const draft = draftOf(path);
    attempt(path, () => writeFileSync(draft, bytes, { mode: 0o600, flush: true }));
    return draft;
  }
}

/** Throws if another user could replace the store's folder, or a folder above it. */
function rejectReplaceable(folder: string): void {
  const { uid, mode } = attempt(folder, () => statSync(folder));
  const isSticky = (mode & 0o1000) !== 0;
  if ((uid !== 0 && uid !== process.getuid?.()) || ((mode & 0o022) !== 0 && !isSticky)) {
    throw failure("secret.directory.owner", `other users can replace the folder ${folder}`, {
      hint: "Use a folder whose parents belong to root or you, and in which nobody else can write",
    });
  }
  if (folder !== "/") rejectReplaceable(dirname(folder));
}

/** Makes links, renames and removals in a folder survive a power failure. Source: fsync(2) */
function syncFolder(path: string): void {
  const folder = openSync(path, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

async function attemptToRead<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw toProviderError(error, path);
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
  const unreadable = error instanceof UnreadableFile ? error : undefined;
  switch (codeOf(unreadable?.cause ?? error)) {
    case "ENOENT":
    case "ENOTDIR":
      return missing(path, error);
    case "ELOOP":
      return isLink(path, error);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return failure("secret.directory.denied", `this user has no access to ${path}`, {
        hint: "Make the user who runs nixops4 the owner of the folder and its files (chown -R)",
        cause: error,
      });
    default: {
      const failed = unreadable ?? explainFileError(error, path);
      if (failed === undefined) return error;
      const reason = failed instanceof Error ? failed.message : failed.reason;
      return failure("secret.directory.failed", reason, { hint: failed.hint, cause: error });
    }
  }
}

const missing = (folder: string, cause?: unknown): ProviderError =>
  failure("secret.directory.missing", `the folder ${folder} does not exist`, {
    hint: `Run mkdir -m 0700 ${folder}`,
    cause,
  });

const isLink = (path: string, cause?: unknown): ProviderError =>
  failure("secret.directory.link", `${path} is a symbolic link, and a store does not follow links`, {
    hint: "Replace the link with the file or folder itself",
    cause,
  });

const failure = (code: ErrorCode, reason: string, more: { hint: string; cause?: unknown }): ProviderError =>
  new ProviderError<ErrorCode>(reason, { code, ...more });
