import { readFileSync } from "node:fs";

/** The account of a server, in the form of `child_process`. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * `nobody` if we are root, since PostgreSQL and its pooler refuse to run as root. Undefined for other users, whose servers
 * run with their own account.
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = readFileSync("/etc/passwd", "utf8").match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (nobody === null) throw new Error("Unable to run a server as root: the user nobody does not exist.");
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}
