import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram } from "./process/find-program.ts";
import { freePort } from "./process/free-port.ts";
import { startGuarded } from "./process/guarded-process.ts";
import { isListening } from "./process/is-listening.ts";

const run = promisify(execFile);

/** Address and keys of an SSH server. */
export interface SshdAddress {
  host: "127.0.0.1";
  port: number;
  /** The user that runs the tests, since a server without more rights can log in no other. */
  user: string;
  /** The server's public key, in one line. */
  hostKey: string;
  /** A private key that it accepts, mode 0600. */
  identityFile: string;
  /** Its log at the highest level. */
  logFile: string;
}

export interface SshdServer extends AsyncDisposable {
  readonly address: SshdAddress;
}

export interface SshdOptions {
  /** PATH of sessions. */
  path?: string;
  /** Command that runs instead of the requested one. */
  forceCommand?: string;
}

/**
 * Starts OpenSSH's server on 127.0.0.1 with new keys, as the user that runs the tests. Throws `ServerUnavailable` if
 * Debian's openssh-server is not installed.
 */
export async function startSshd(options: SshdOptions = {}): Promise<SshdServer> {
  const program = findProgram("sshd", "openssh-server");
  const folder = await mkdtemp(join(tmpdir(), "nixops4-sshd-"));
  try {
    const [identityFile, hostKeyFile] = [join(folder, "identity"), join(folder, "host-key")];
    for (const file of [identityFile, hostKeyFile])
      await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
    const port = await freePort();
    const logFile = join(folder, "log");
    await writeFile(join(folder, "settings"), settingsText({ folder, port, ...options }));
    // Its folder for privilege separation, which Debian's service creates at its start.
    if (process.getuid?.() === 0) await mkdir("/run/sshd", { recursive: true }).then(() => chmod("/run/sshd", 0o755));

    const { uid, gid, username } = userInfo();
    const server = startGuarded({
      command: [program, "-D", "-E", logFile, "-f", join(folder, "settings")],
      account: { uid, gid },
      folder,
      stopSignal: "TERM",
      logFile,
    });
    await server.waitUntil(() => isListening(port));
    const hostKey = (await readFile(`${hostKeyFile}.pub`, "utf8")).trim();
    const address = { host: "127.0.0.1", port, user: username, hostKey, identityFile, logFile } as const;
    return { address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Source: sshd_config(5). */
function settingsText({ folder, port, path, forceCommand }: { folder: string; port: number } & SshdOptions): string {
  // With SHLVL above 1, the shell reads no start files of the user.
  const variables = ["SHLVL=2", ...(path === undefined ? [] : [`"PATH=${path}"`])];
  return `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host-key
AuthorizedKeysFile ${folder}/identity.pub
PidFile none
UsePAM no
# The folder's parent is writable for everybody.
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
LogLevel DEBUG3
SetEnv ${variables.join(" ")}
${forceCommand === undefined ? "" : `ForceCommand ${forceCommand}`}
`;
}
