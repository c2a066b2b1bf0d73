import { chown, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { memoryFolder } from "./memory-folder.ts";
import { unprivilegedAccount, type Account } from "./unprivileged-account.ts";

/** A Unix socket's path has at most 107 bytes; this leaves room for the names that servers append. */
const longestFolder = 80;

/**
 * A new folder of mode 700 that belongs to the account of the servers. It is in memory or in the system's
 * temporary folder, never in the checkout: that account cannot read a checkout under a home of mode 700.
 */
export async function makeServerFolder(name: string, { onDisk = false } = {}): Promise<string> {
  const account = unprivilegedAccount();
  const parent = await reachableFolder([onDisk ? undefined : memoryFolder(), tmpdir(), "/tmp"], account);
  const folder = await mkdtemp(join(parent, `nixops4-${name}-`));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  return folder;
}

async function reachableFolder(
  candidates: readonly (string | undefined)[],
  account: Account | undefined,
): Promise<string> {
  for (const candidate of candidates) {
    if (candidate === undefined) continue;
    if (Buffer.byteLength(candidate) < longestFolder - 30 && (await isReachable(candidate, account))) return candidate;
  }
  throw new Error(`Unable to create a server's folder: its user can access neither ${tmpdir()} nor /tmp.`);
}

/** Whether the account may access every folder of the path. */
async function isReachable(folder: string, account: Account | undefined): Promise<boolean> {
  const { mode } = await stat(folder);
  if (account !== undefined && (mode & 0o001) === 0) return false;
  return dirname(folder) === folder || (await isReachable(dirname(folder), account));
}
