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
  host: string;
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
  /** Address of loopback; 127.0.0.1 by default. */
  host?: string;
  /** TCP port; a free one by default. */
  port?: number;
  /** Private key to accept, with its public key beside it; a new one by default. */
  identityFile?: string;
  /** PATH of sessions. */
  path?: string;
  /** Command that runs instead of the requested one. */
  forceCommand?: string;
}

/**
 * Starts OpenSSH's server on loopback with new keys, as the user that runs the tests. Throws `ServerUnavailable` if
 * Debian's openssh-server is not installed.
 */
export async function startSshd(options: SshdOptions = {}): Promise<SshdServer> {
  const program = findProgram("sshd", "openssh-server");
  const folder = await mkdtemp(join(tmpdir(), "nixops4-sshd-"));
  try {
    const hostKeyFile = await makeKey(join(folder, "host-key"));
    const {
      host = "127.0.0.1",
      port = await freePort(),
      identityFile = await makeKey(join(folder, "identity")),
    } = options;
    const logFile = join(folder, "log");
    await writeFile(join(folder, "settings"), settingsText(folder, { ...options, host, port, identityFile }));
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
    await server.waitUntil(() => isListening(port, host));
    const hostKey = (await readFile(`${hostKeyFile}.pub`, "utf8")).trim();
    const address = { host, port, user: username, hostKey, identityFile, logFile };
    return { address, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Makes a key pair for SSH; returns the file of the private key. */
export async function makeKey(file: string): Promise<string> {
  await run("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", file]);
  return file;
}

type Settings = SshdOptions & Required<Pick<SshdOptions, "host" | "port" | "identityFile">>;

/** Source: sshd_config(5). */
function settingsText(folder: string, { host, port, identityFile, path, forceCommand }: Settings): string {
  // With SHLVL above 1, the shell reads no start files of the user.
  const variables = ["SHLVL=2", ...(path === undefined ? [] : [`"PATH=${path}"`])];
  return `ListenAddress ${host}:${port}
HostKey ${folder}/host-key
AuthorizedKeysFile ${identityFile}.pub
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
