import { statSync, utimesSync, writeFileSync } from "node:fs";
import type * as Sqlite from "node:sqlite";
import { codeOf, messageOf, ProviderError } from "../report/error.ts";

/**
 * An exclusive lock on a file that the kernel releases when its process ends in any way. Node has no flock(2); SQLite, which
 * is part of Node, locks by fcntl(2), also between the requests of one process. The database stays empty: nothing is ever
 * written to it (ADR 11).
 */
export class LockFile implements Disposable {
  readonly #path: string;
  #opened: { database: Sqlite.DatabaseSync; identity: string } | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** Whether this object holds the lock now. Nobody may hold it, then one of any number of callers gets it. */
  tryTake(): boolean {
    const { database, identity } = (this.#opened ??= this.#open());
    try {
      // Takes SQLite's lock RESERVED, which exactly one connection can hold.
      database.exec("BEGIN IMMEDIATE");
    } catch (error) {
      if (isBusy(error)) return false;
      throw failed(this.#path, error);
    }
    touch(this.#path);
    if (identityOf(this.#path) === identity) return true;
    // A cleaner of temporary files removed the file after it was opened: others lock another file of this name.
    this[Symbol.dispose]();
    return false;
  }

  /** Releases the lock, if this object holds it. */
  [Symbol.dispose](): void {
    this.#opened?.database.close();
    this.#opened = undefined;
  }

  #open(): { database: Sqlite.DatabaseSync; identity: string } {
    // If it is gone again, nothing equals the empty text, and the next try starts over.
    const identity = identityOf(this.#path) ?? create(this.#path) ?? "";
    try {
      const database = new (loadSqlite().DatabaseSync)(this.#path, { timeout: 0 });
      // Otherwise a first transaction writes a journal beside the file.
      database.exec("PRAGMA journal_mode = MEMORY");
      return { database, identity };
    } catch (error) {
      throw failed(this.#path, error);
    }
  }
}

/** Number of the file and time of its creation; undefined if it does not exist. */
function identityOf(path: string): string | undefined {
  try {
    const { ino, birthtimeNs } = statSync(path, { bigint: true });
    return `${ino} ${birthtimeNs}`;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw failed(path, error);
  }
}

/**
 * Never opens a file that exists: to close any descriptor of a file releases all locks that this process holds on it
 * (fcntl(2)).
 */
function create(path: string): string | undefined {
  try {
    writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  } catch (error) {
    if (codeOf(error) !== "EEXIST") throw failed(path, error);
  }
  return identityOf(path);
}

/** Cleaners of temporary files remove what nobody has used for days. */
function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // Removed: the comparison of identities finds that out.
  }
}

/** SQLITE_BUSY, with its extended codes in the upper bytes. */
const isBusy = (error: unknown): boolean =>
  error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === 5;

const failed = (path: string, error: unknown): unknown =>
  error instanceof ProviderError
    ? error
    : new ProviderError(`the lock ${path} cannot be used: ${codeOf(error)} ${messageOf(error)}`, {
        code: "protocol.lock.unusable",
        hint: "Free space on the file system of the lock, or raise the limit of open files (ulimit -n)",
        cause: error,
      });

/** SQLite of this Node. Early releases of Node 24 print a warning that it is experimental. */
function loadSqlite(): typeof Sqlite {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => undefined;
  try {
    const sqlite = process.getBuiltinModule("node:sqlite");
    if (sqlite !== undefined) return sqlite;
  } finally {
    process.emitWarning = emitWarning;
  }
  throw new ProviderError("this Node was built without SQLite, which holds the locks between processes", {
    code: "protocol.lock.unusable",
    hint: "Use a build of Node with SQLite, such as the one of nodejs.org or of nixpkgs",
  });
}
