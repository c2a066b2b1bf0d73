import { readFileSync } from "node:fs";

/** Who a server runs as, in the form that `child_process` takes. */
export interface Account {
  uid: number;
  gid: number;
}

/**
 * `nobody` when we are root, since PostgreSQL and its pooler refuse to run as root; undefined for anyone else, who runs
 * servers as himself.
 */
export function unprivilegedAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const nobody = readFileSync("/etc/passwd", "utf8").match(/^nobody:[^:]*:(\d+):(\d+):/m);
  if (nobody === null) throw new Error("There is no user nobody, as whom root could run a server.");
  return { uid: Number(nobody[1]), gid: Number(nobody[2]) };
}
