// The name of the process that holds a lock: a file beside the locks, in a folder of this user that nobody else can read.
// Only the holder of the lock writes and removes it. A killed one leaves it behind, and the next holder replaces it.
import { createHash } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { codeOf } from "@nixops4-resources/protocol-core";
import { lockFolder } from "@nixops4-resources/protocol-core/lock-folder";

interface Holder {
  readonly pid: number;
  /** "process 17 of user ada, since 2026-01-01T00:00:00.000Z" */
  readonly words: string;
}

export function nameHolder(what: string): void {
  const words = `process ${process.pid} of user ${userName()}, since ${new Date().toISOString()}`;
  writeFileSync(holderFile(what), words, { mode: 0o600 });
}

export const forgetHolder = (what: string): void => rmSync(holderFile(what), { force: true });

/** Undefined if the holder has not written its name yet, or a cleaner of temporary files has removed it. */
export function readHolder(what: string): Holder | undefined {
  const words = readIfPresent(holderFile(what));
  const pid = /^process (\d+) of user .+, since \S+Z$/.exec(words)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), words };
}

export function holderFile(what: string): string {
  const name = createHash("sha256").update(`run:${what}`).digest("hex").slice(0, 40);
  return join(lockFolder(), `${name}.holder`);
}

function readIfPresent(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "";
    throw error;
  }
}

/** A user id may have no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.());
  }
}
