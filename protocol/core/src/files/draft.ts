import { basename, dirname, join } from "node:path";
import { codeOf } from "../report/error.ts";

/**
 * Path of a new draft beside a file, for an atomic write. The name is unique, since requests of one process may write the
 * same file concurrently. Its process id shows whether the draft is still in use.
 */
export function draftOf(path: string): string {
  const unique = Math.random().toString(36).slice(2);
  return join(dirname(path), `.${basename(path)}.${unique}.${process.pid}.draft`);
}

/** Whether the file is a draft that a killed process left behind. */
export function isDeadDraft(path: string): boolean {
  const pid = /^\..*\.(\d+)\.draft$/.exec(basename(path))?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === "EPERM";
  }
}
