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

/** Where an SSH server is and how to log in. */
export interface SshdAddress {
  host: "127.0.0.1";
  port: number;
  /** Who runs the tests: the only one whom a server without more rights lets in. */
  user: string;
  /** The server's public key, in one line. */
  hostKey: string;
  /** A private key that it lets in, mode 0600. */
  identityFile: string;
  /** All that it has to tell, at its most talkative. */
  logFile: string;
}

export interface SshdServer extends AsyncDisposable {
  readonly address: SshdAddress;
}

export interface SshdOptions {
  /** PATH of those who log in. */
  path?: string;
  /** What runs in place of what they ask for. */
  forceCommand?: string;
}

/**
 * Starts OpenSSH's server on 127.0.0.1, with keys of its own, as who runs the tests: nobody else could log him in. Throws
 * `ServerUnavailable` where Debian's openssh-server is not installed.
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
    // Where it drops its rights; Debian's service makes it at its start.
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
  // A login shell that is not the first one reads no start files, which are nobody's business here.
  const variables = ["SHLVL=2", ...(path === undefined ? [] : [`"PATH=${path}"`])];
  return `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host-key
AuthorizedKeysFile ${folder}/identity.pub
PidFile none
UsePAM no
# The folder lies in one that everybody can write in.
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
MaxStartups 100
LogLevel DEBUG3
SetEnv ${variables.join(" ")}
${forceCommand === undefined ? "" : `ForceCommand ${forceCommand}`}
`;
}
