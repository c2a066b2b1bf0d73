import type { ErrorCatalogue } from "@nixops4-resources/protocol-core";

/** Errors on a host and on the connection to it. */
const errors = {
  "secrets.ssh.missing": {
    meaning: "The program `ssh` (or `ssh-agent`, `ssh-add`) of OpenSSH is not on the PATH of nixops4.",
    remedy: "Install OpenSSH on the machine that runs nixops4.",
  },
  "secrets.ssh.hostKey": {
    meaning: "The host's key differs from the known key, or no key is known. No secret was sent.",
    remedy:
      "Set `connection.ssh.hostKey`, or add the host to `known_hosts`. If the key changed unexpectedly, find out why first: another machine may be answering.",
  },
  "secrets.ssh.denied": {
    meaning: "The host rejects the login.",
    remedy: "Check `connection.ssh.user` and `identity`, and add the public key to the host's `authorized_keys`.",
  },
  "secrets.ssh.identity": {
    meaning: "The private key for the login cannot be used.",
    remedy: "Set `connection.ssh.identity` to a reference to a private key in OpenSSH's format, without a passphrase.",
  },
  "secrets.ssh.unreachable": {
    meaning:
      "The host cannot be reached by SSH, or the connection was lost. A change in progress was either completed or not made.",
    remedy: "Try `ssh` to the host, then apply again: apply checks the current state first.",
  },
  "secrets.host.elevation": {
    meaning: "The user who logged in cannot become root without a password.",
    remedy: "Allow it in the host's sudoers or doas.conf, log in as root, or change `connection.ssh.elevate`.",
  },
  "secrets.host.shell": {
    meaning: "The login does not start a POSIX shell: the host forces another command, or has no `sh`.",
    remedy: "Log in as a user who has a shell, with a key without a forced command.",
  },
  "secrets.host.failed": {
    meaning: "A program on the host failed. The message quotes the reason.",
    remedy: "Fix the reason, and apply again.",
  },
  "secrets.file.denied": {
    meaning: "The user on the host has no permission to read or write there, or the file system is mounted read-only.",
    remedy: "Set another `path`, or become root with `connection.ssh.elevate`.",
  },
  "secrets.file.folder": {
    meaning: "A part of the path exists but is not a folder.",
    remedy: "Set another `path`.",
  },
  "secrets.file.full": {
    meaning: "The file system of the host is full. The file is unchanged.",
    remedy: "Free some space, and apply again.",
  },
  "secrets.file.kind": {
    meaning: "The path is not a regular file: it is a folder, a link or a device.",
    remedy: "Remove it from the host, or set another `path`.",
  },
  "secrets.file.open": {
    meaning:
      "Users other than root and the user on the host can change a folder above the file, and could redirect the write.",
    remedy:
      "Set `path` to a file whose folders belong to root and are writable only by root, for example in `/run/nixops4-secrets`.",
  },
  "secrets.file.owner": {
    meaning: "The host has no such user or group, or the user on the host has no permission to give files to them.",
    remedy: "Create the user first, and make this resource depend on it. Only root can give a file to another user.",
  },
  "secrets.file.restart": {
    meaning: "The file was written, but a unit could not be restarted. The next apply retries.",
    remedy: "Run `systemctl status` on the host, and read the journal of the unit.",
  },
  "secrets.file.systemd": {
    meaning: "`restartUnits` is set, but the host has no `systemctl`. Nothing was written.",
    remedy: "Leave `restartUnits` empty on a host without systemd.",
  },
} satisfies ErrorCatalogue;

export default errors;
export type HostErrorCode = keyof typeof errors;
