import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** What can go wrong on the way to a host, and on it. */
const errors = {
  "secrets.ssh.missing": {
    meaning: "The program `ssh` (or `ssh-agent`, `ssh-add`) of OpenSSH is not on the PATH of nixops4.",
    remedy: "Install OpenSSH on the machine that runs nixops4.",
  },
  "secrets.ssh.hostKey": {
    meaning: "The host shows another key than the one that is known, or none is known. Nothing was sent to it.",
    remedy:
      "Set `connection.ssh.hostKey`, or bring the host into `known_hosts`. A key that has changed without a reason is somebody else's: find out first.",
  },
  "secrets.ssh.denied": {
    meaning: "The host does not let the user in.",
    remedy: "Check `connection.ssh.user` and `identity`, and that the host's `authorized_keys` has the public key.",
  },
  "secrets.ssh.identity": {
    meaning: "The private key to log in with cannot be used.",
    remedy: "Refer to a private key as OpenSSH writes it, without a passphrase.",
  },
  "secrets.ssh.unreachable": {
    meaning:
      "The host cannot be reached by SSH, or the connection was lost. What had begun there was finished or left undone.",
    remedy: "Try `ssh` to it by hand, then apply again: apply looks first.",
  },
  "secrets.host.elevation": {
    meaning: "The user who logged in cannot become root without a password.",
    remedy: "Allow it in the host's sudoers or doas.conf, log in as root, or set `connection.ssh.elevate` otherwise.",
  },
  "secrets.host.shell": {
    meaning: "The login gave no POSIX shell: another command is forced, or there is no `sh`.",
    remedy: "Log in as a user who has a shell, with a key that no command is forced upon.",
  },
  "secrets.host.failed": {
    meaning: "A program on the host failed for a reason that the message quotes.",
    remedy: "Set right what the message says, and apply again.",
  },
  "secrets.file.changed": {
    meaning: "Somebody took the file over between the look and the write. Nothing was written.",
    remedy: "Apply again: it looks first.",
  },
  "secrets.file.denied": {
    meaning: "The user on the host may not read or write there, or the file system is mounted read-only.",
    remedy: "Name another folder, or let the user become root with `connection.ssh.elevate`.",
  },
  "secrets.file.folder": {
    meaning: "A part of the path is there and is no folder.",
    remedy: "Name another path.",
  },
  "secrets.file.full": {
    meaning: "There is no room left on the file system of the host. The file is as it was before.",
    remedy: "Make room, and apply again.",
  },
  "secrets.file.kind": {
    meaning: "There is something else than a file under the path: a folder, a link, a device.",
    remedy: "Remove it by hand, or name another path.",
  },
  "secrets.file.open": {
    meaning:
      "Others than root and the user on the host may change a folder on the way to the file, and could have it written elsewhere.",
    remedy:
      "Name a path in folders that belong to root and that nobody else may write in, such as `/run/nixops4-secrets`.",
  },
  "secrets.file.owner": {
    meaning: "The host has no such user or group, or the user on the host may not give files to them.",
    remedy: "Make the user first, and let this resource depend on it; only root can give a file to another user.",
  },
  "secrets.file.restart": {
    meaning: "The file is in place, and a unit could not be restarted. The next apply tries again.",
    remedy: "See `systemctl status` and the journal of the unit on the host.",
  },
  "secrets.file.systemd": {
    meaning: "`restartUnits` names units and the host has no `systemctl`. Nothing was written.",
    remedy: "Leave `restartUnits` empty on a host without systemd.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type HostErrorCode = keyof typeof errors;
