import { chown, writeFile } from "node:fs/promises";
import { unprivilegedAccount } from "./unprivileged-account.ts";

/** Writes a file that only the account of the servers (and root) can read. */
export async function writePrivateFile(file: string, text: string): Promise<string> {
  await writeFile(file, text, { mode: 0o600, flag: "wx" });
  const account = unprivilegedAccount();
  if (account !== undefined) await chown(file, account.uid, account.gid);
  return file;
}
