import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SshdAddress } from "@nixops4-resources/integration/servers/sshd";
import { afterAll } from "vitest";

/** `connection.ssh` for a test's own server: its key is known, and nobody's configuration counts. */
export const sshTo = ({ host, port, user, hostKey, identityFile }: SshdAddress) => ({
  host,
  port,
  user,
  hostKey,
  identity: { file: identityFile },
  configFile: "/dev/null",
});

let made: string | undefined;

/** A private key that no server lets in, gone at the end of the test file. */
export function otherIdentity(): string {
  if (made !== undefined) return made;
  const folder = mkdtempSync(join(tmpdir(), "nixops4-key-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  made = join(folder, "key");
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", made]);
  return made;
}

/** A public key that no server has. */
export const otherHostKey = (): string => readFileSync(`${otherIdentity()}.pub`, "utf8").trim();
