import { open } from "node:fs/promises";

/** Statements that only read, or affect only the session. All others count as writes. */
const looking =
  /^(select|show|values|table|explain|begin|start|commit|end|rollback|abort|savepoint|release|set|reset|discard|prepare|execute|deallocate|declare|fetch|move|close|listen|unlisten|$)/i;

/** The statements in the log of a server that was started with `logStatements`, read as it grows. */
export class StatementLog {
  readonly #file: string;
  readonly #writes = new Map<string, number>();
  #read = 0;

  constructor(logFile: string) {
    this.#file = logFile;
  }

  /** Number of writing statements that the user has sent so far, including failed ones. */
  async writesOf(user: string): Promise<number> {
    for (const [, sender = "", sql = ""] of (await this.#news()).matchAll(entry)) {
      // A semicolon in a literal splits a statement: a read may then count as a write, but never a write as a read.
      const writes = sql.split(";").filter((statement) => !looking.test(statement.trim()));
      this.#writes.set(sender, (this.#writes.get(sender) ?? 0) + writes.length);
    }
    return this.#writes.get(user) ?? 0;
  }

  /** The complete lines since the last call. */
  async #news(): Promise<string> {
    await using file = await open(this.#file);
    const { size } = await file.stat();
    const bytes = Buffer.alloc(size - this.#read);
    await file.read(bytes, 0, bytes.length, this.#read);
    const end = bytes.lastIndexOf("\n") + 1;
    this.#read += end;
    return bytes.toString("utf8", 0, end);
  }
}

/** Lines as in log_line_prefix of settings.ts; continuation lines of a statement begin with a tab. */
const entry =
  /^.{10,40} \[\d+\] user=([^\n]*?),db=[^\n]*?,app=[^\n]*? LOG: {2}(?:statement|execute [^:\n]*): ((?:.*)(?:\n\t.*)*)$/gm;
