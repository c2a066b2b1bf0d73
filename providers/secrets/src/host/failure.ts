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
      hint: "Install OpenSSH's client where nixops4 runs, so that its programs are on PATH",
    },
    cause,
  );

/** What the host said of a request that it could not do: `failed KIND WORDS`. */
export function explainRefusal(line: string): ProviderError<HostErrorCode> {
  const [, kind = "", words = ""] = /^failed (\S+) ?(.*)$/.exec(line) ?? [];
  return failure(refusals[kind]?.(words.trim()) ?? toolFailed(words.trim()));
}

const refusals: Readonly<Record<string, (words: string) => Cause>> = {
  changed: () => ({
    reason: "its mark has changed since it was looked at",
    code: "secrets.file.changed",
    hint: "Somebody else took it over at the same time; apply again",
  }),
  cut: () => ({
    reason: "the connection ended before the whole file had arrived",
    code: "secrets.ssh.unreachable",
    hint: "Apply again",
  }),
  folder: (path) => ({
    reason: `${path} is no folder`,
    code: "secrets.file.folder",
    hint: "Name another `path`",
  }),
  kind: (path) => ({
    reason: `${path} is there and is no file`,
    code: "secrets.file.kind",
    hint: "Remove it by hand, or name another `path`",
  }),
  open: (folder) => ({
    reason: `others may change the folder ${folder === "" ? "/" : folder}`,
    code: "secrets.file.open",
    hint: "Take a `path` on which every folder belongs to root and nobody else may write in it, such as /run/nixops4-secrets/name",
  }),
  owner: (words) => ({
    reason: `it cannot be given to its owner: ${words}`,
    code: "secrets.file.owner",
    hint: /not permitted/.test(words)
      ? "Only root gives files to others: set `connection.ssh.elevate`, or take the user on the host as `owner`"
      : "Make the user and the group on the host first",
  }),
  restart: (words) => ({
    reason: `it is in place, but a unit cannot be restarted: ${words}`,
    code: "secrets.file.restart",
    hint: "Look at the unit on the host (systemctl status), then apply again",
  }),
  systemd: () => ({
    reason: "the host has no systemctl, and `restartUnits` names units to restart",
    code: "secrets.file.systemd",
    hint: "Leave `restartUnits` empty for a host without systemd",
  }),
};

function toolFailed(words: string): Cause {
  // dd counts what it did, also when it failed.
  const reason = words.replaceAll(/\d+\+\d+ records (in|out) ?|\d+ bytes?.* copied.*/g, "").trim();
  if (/No space left on device|Disk quota exceeded/.test(reason)) {
    return { reason, code: "secrets.file.full", hint: "Make room on the host, then apply again" };
  }
  if (/Permission denied|Operation not permitted|Read-only file system/.test(reason)) {
    const hint = "Name a `path` where the user on the host may write, or make root of it with `connection.ssh.elevate`";
    return { reason, code: "secrets.file.denied", hint };
  }
  return { reason, code: "secrets.host.failed", hint: "Set that right on the host, then apply again" };
}

/** Why a session ended, from what ssh and the login said. */
export function explainEnd(ended: SessionEnded, ssh: SshConnection | null): ProviderError<HostErrorCode> {
  const words = ended.words.trim();
  const { elevate, host } = ssh ?? { elevate: "none", host: "this machine" };
  if (ssh !== null && isNotFound(ended.cause)) return missingProgram("ssh", ended.cause);
  const [, cause] = signs.find(([sign]) => sign.test(words)) ?? [];
  const reason = words === "" ? `status ${ended.status}` : (words.split("\n").at(-1) ?? "");
  // 255 is ssh's own; everything else is the status of what ran on the host. Source: ssh(1).
  if (ssh !== null && ended.status === 255 && cause !== undefined) return failure(cause(host, reason), ended);
  if (ssh === null && ended.hadBegun) return failure(toolFailed(`the shell ended: ${reason}`), ended);
  if (ssh !== null && (ended.status === 255 || ended.status === null || ended.hadBegun)) {
    return failure(
      {
        reason: `the connection to ${host} failed: ${reason}`,
        code: "secrets.ssh.unreachable",
        hint: `Try \`ssh ${host}\` by hand, then apply again`,
      },
      ended,
    );
  }
  if (elevate !== "none" && new RegExp(`\\b${elevate}\\b`).test(words)) {
    return failure(
      {
        reason: `the user on ${host} cannot become root: ${reason}`,
        code: "secrets.host.elevation",
        hint: `Let the user run \`${elevate} -n sh\` without a password, or log in as root with \`elevate = "none"\``,
      },
      ended,
    );
  }
  return failure(
    {
      reason: `the login on ${host} gives no POSIX shell: ${reason}`,
      code: "secrets.host.shell",
      hint: "Log in as a user who has a shell, with a key that no command is forced upon",
    },
    ended,
  );
}

const signs: readonly (readonly [RegExp, (host: string, reason: string) => Cause])[] = [
  [
    /Host key verification failed|host key is known|HOST IDENTIFICATION HAS CHANGED/,
    (host) => ({
      reason: `the key that ${host} shows is not the one that is known, or none is known`,
      code: "secrets.ssh.hostKey",
      hint: "Set `connection.ssh.hostKey` to the host's public key, read on the host itself; or bring it into known_hosts",
    }),
  ],
  [
    /Permission denied \(|Too many authentication failures/,
    (host, reason) => ({
      reason: `${host} does not let the user in: ${reason}`,
      code: "secrets.ssh.denied",
      hint: "Check `connection.ssh.user` and `identity`, and authorized_keys on the host",
    }),
  ],
];

const isNotFound = (cause: unknown): boolean =>
  cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "EACCES");
