import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { SshdAddress } from "@nixops4-resources/integration-servers/sshd";

/** `connection.ssh` for a test's own server, with its key and without any configuration file. */
export const sshTo = ({ host, port, user, hostKey, identityFile }: SshdAddress) => ({
  host,
  port,
  user,
  hostKey,
  identity: { file: identityFile },
  configFile: "/dev/null",
});

/** A private key that no server accepts; created in the folder on first use. */
export function otherIdentity(folder: string): string {
  const file = join(folder, "other-key");
  if (!existsSync(file)) execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  return file;
}

/** A public key that belongs to no server. */
export const otherHostKey = (folder: string): string => readFileSync(`${otherIdentity(folder)}.pub`, "utf8").trim();
