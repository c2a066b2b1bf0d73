import { ProviderError } from "@nixops4-resources/protocol-core";
import type { HostErrorCode } from "./errors.ts";
import type { SessionEnded } from "./session.ts";
import type { SshConnection } from "../ssh/connection.ts";

interface Cause {
  readonly reason: string;
  readonly code: HostErrorCode;
  readonly hint: string;
}

const failure = ({ reason, code, hint }: Cause, cause?: unknown): ProviderError<HostErrorCode> =>
  new ProviderError(reason, { code, hint, cause });

export const missingProgram = (program: string, cause?: unknown): ProviderError<HostErrorCode> =>
  failure(
    {
      reason: `the program ${program} cannot be started`,
      code: "secrets.ssh.missing",
      hint: "Install the OpenSSH client on the machine that runs nixops4, and add it to PATH",
    },
    cause,
  );

/** Turns the host's answer to a failed request into an error: `failed KIND WORDS`. */
export function explainRefusal(line: string): ProviderError<HostErrorCode> {
  const [, kind = "", words = ""] = /^failed (\S+) ?(.*)$/.exec(line) ?? [];
  return failure(refusals[kind]?.(words.trim()) ?? toolFailed(words.trim()));
}

const refusals: Readonly<Record<string, (words: string) => Cause>> = {
  cut: () => ({
    reason: "the connection ended before the complete file had arrived",
    code: "secrets.ssh.unreachable",
    hint: "Apply again",
  }),
  folder: (path) => ({
    reason: `${path} is not a folder`,
    code: "secrets.file.folder",
    hint: "Set another `path`",
  }),
  kind: (path) => ({
    reason: `${path} exists but is not a regular file`,
    code: "secrets.file.kind",
    hint: "Remove it from the host, or set another `path`",
  }),
  open: (folder) => ({
    reason: `other users can change the folder ${folder === "" ? "/" : folder}`,
    code: "secrets.file.open",
    hint: "Set `path` to a file whose folders belong to root and are writable only by root, such as /run/nixops4-secrets/name",
  }),
  owner: (words) => ({
    reason: `its owner or group cannot be set: ${words}`,
    code: "secrets.file.owner",
    hint: /not permitted/.test(words)
      ? "Set `connection.ssh.elevate`, since only root can give files to other users, or set `owner` to the user on the host"
      : "Create the user and the group on the host first",
  }),
  restart: (words) => ({
    reason: `the file was written, but a unit cannot be restarted: ${words}`,
    code: "secrets.file.restart",
    hint: "Run `systemctl status` for the unit on the host, then apply again",
  }),
  systemd: () => ({
    reason: "`restartUnits` is set, but the host has no systemctl",
    code: "secrets.file.systemd",
    hint: "Leave `restartUnits` empty on a host without systemd",
  }),
};

function toolFailed(words: string): Cause {
  // dd also prints its statistics when it fails.
  const reason = words.replaceAll(/\d+\+\d+ records (in|out) ?|\d+ bytes?.* copied.*/g, "").trim();
  if (/No space left on device|Disk quota exceeded/.test(reason)) {
    return { reason, code: "secrets.file.full", hint: "Free some space on the host, then apply again" };
  }
  if (/Permission denied|Operation not permitted|Read-only file system/.test(reason)) {
    const hint =
      "Set `path` to a folder in which the user on the host can write, or become root with `connection.ssh.elevate`";
    return { reason, code: "secrets.file.denied", hint };
  }
  return { reason, code: "secrets.host.failed", hint: "Fix the reason on the host, then apply again" };
}

/** Explains why a session ended, from the output of ssh and the login. */
export function explainEnd(ended: SessionEnded, ssh: SshConnection | null): ProviderError<HostErrorCode> {
  const words = ended.words.trim();
  const { elevate, host } = ssh ?? { elevate: "none", host: "this machine" };
  if (ssh !== null && isNotFound(ended.cause)) return missingProgram("ssh", ended.cause);
  const [, cause] = signs.find(([sign]) => sign.test(words)) ?? [];
  const reason = words === "" ? `status ${ended.status}` : (words.split("\n").at(-1) ?? "");
  // ssh itself exits with 255; any other status comes from the program on the host. Source: ssh(1).
  if (ssh !== null && ended.status === 255 && cause !== undefined) return failure(cause(host, reason), ended);
  if (ssh === null && ended.hadBegun) return failure(toolFailed(`the shell ended: ${reason}`), ended);
  if (ssh !== null && (ended.status === 255 || ended.status === null || ended.hadBegun)) {
    return failure(
      {
        reason: `the connection to ${host} failed: ${reason}`,
        code: "secrets.ssh.unreachable",
        hint: `Try \`ssh ${host}\`, then apply again`,
      },
      ended,
    );
  }
  if (elevate !== "none" && new RegExp(`\\b${elevate}\\b`).test(words)) {
    return failure(
      {
        reason: `the user on ${host} cannot become root: ${reason}`,
        code: "secrets.host.elevation",
        hint: `Allow the user to run \`${elevate} -n sh\` without a password, or log in as root with \`elevate = "none"\``,
      },
      ended,
    );
  }
  return failure(
    {
      reason: `the login on ${host} does not start a POSIX shell: ${reason}`,
      code: "secrets.host.shell",
      hint: "Log in as a user who has a shell, with a key without a forced command",
    },
    ended,
  );
}

const signs: readonly (readonly [RegExp, (host: string, reason: string) => Cause])[] = [
  [
    /Host key verification failed|host key is known|HOST IDENTIFICATION HAS CHANGED/,
    (host) => ({
      reason: `the key of ${host} differs from the known key, or no key is known`,
      code: "secrets.ssh.hostKey",
      hint: "Set `connection.ssh.hostKey` to the public key, read on the host itself, or add the host to known_hosts",
    }),
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    (host, reason) => ({
      reason: `${host} rejects the login: ${reason}`,
      code: "secrets.ssh.denied",
      hint: "Check `connection.ssh.user` and `identity`, and authorized_keys on the host",
    }),
  ],
];

const isNotFound = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "EACCES");
