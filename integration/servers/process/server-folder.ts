import { chown, mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { unprivilegedAccount, type Account } from "./unprivileged-account.ts";

/** A Unix socket's path has at most 107 bytes; this leaves room for what servers put behind the folder's name. */
const longestFolder = 80;

/**
 * A fresh folder of mode 700 that belongs to the account that servers run as. It lies in the system's temporary folder,
 * never in the checkout: a checkout under a home of mode 700 is out of reach for that account.
 */
export async function makeServerFolder(name: string): Promise<string> {
  const account = unprivilegedAccount();
  const folder = await mkdtemp(join(await temporaryFolder(account), `nixops4-${name}-`));
  if (account !== undefined) await chown(folder, account.uid, account.gid);
  return folder;
}

async function temporaryFolder(account: Account | undefined): Promise<string> {
  for (const candidate of [tmpdir(), "/tmp"]) {
    if (Buffer.byteLength(candidate) < longestFolder - 30 && (await isReachable(candidate, account))) return candidate;
  }
  throw new Error(`Neither ${tmpdir()} nor /tmp can hold a server's folder: its user cannot reach them.`);
}

/** Whether the account may pass through every folder on the way. */
async function isReachable(folder: string, account: Account | undefined): Promise<boolean> {
  const { mode } = await stat(folder);
  if (account !== undefined && (mode & 0o001) === 0) return false;
  return dirname(folder) === folder || (await isReachable(dirname(folder), account));
}
