import { shellProgram, type Command } from "../host/session.ts";
import type { SshConnection } from "./connection.ts";

/** Options of every connection, which override ssh's configuration file. Source: ssh_config(5). */
const always = [
  // ssh fails instead of asking questions.
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  // No shared connection: another ssh may have checked it differently.
  "ControlMaster=no",
  "ControlPath=none",
  "ServerAliveInterval=15",
  "ClearAllForwardings=yes",
  "ForwardAgent=no",
  "ForwardX11=no",
  "PermitLocalCommand=no",
  "RemoteCommand=none",
  "RequestTTY=no",
  "LogLevel=ERROR",
];

/** Variables that are passed to ssh and its child processes. Others may contain secrets. */
const passed = /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|SSH_AUTH_SOCK|XDG_RUNTIME_DIR|KRB5CCNAME)$/;

/** A shell on this machine. */
export const localCommand = (): Command => ({
  program: "/bin/sh",
  args: ["-c", shellProgram],
  environment: environment(),
});

/**
 * ssh with a shell on the host. `agent` is the socket of the ssh-agent with the identity; null means the user's own.
 */
export function sshCommand(ssh: SshConnection, agent: string | null): Command {
  const { host, port, user, hostKey, hostKeys, configFile, elevate } = ssh;
  const keys = [...(hostKey === null ? [] : [hostKey]), ...(hostKeys ?? [])];
  const options = [
    ...always,
    ...(agent === null ? [] : [`IdentityAgent=${agent}`]),
    ...(keys.length === 0 ? [] : pinned(keys)),
  ];
  return {
    program: "ssh",
    args: [
      ...(configFile === null ? [] : ["-F", configFile]),
      ...(port === null ? [] : ["-p", String(port)]),
      ...(user === null ? [] : ["-l", user]),
      ...options.flatMap((setting) => ["-o", setting]),
      "--",
      host,
      // Any login shell must understand this line, so it has only words and single quotes.
      `exec ${elevate === "none" ? "" : `${elevate} -n `}sh -c '${shellProgram}'`,
    ],
    environment: environment(),
  };
}

/** Accepts only these keys, under an alias that is in no known_hosts file. */
function pinned(keys: readonly string[]): string[] {
  const words = keys.flatMap((key) => ["nixops4-pinned", ...key.split(" ").slice(0, 2)]);
  return [
    "HostKeyAlias=nixops4-pinned",
    "CheckHostIP=no",
    "GlobalKnownHostsFile=/dev/null",
    "UserKnownHostsFile=/dev/null",
    "VerifyHostKeyDNS=no",
    // ssh expands `%`, so a doubled one reaches the shell as one.
    `KnownHostsCommand=/bin/sh -c 'printf "%%s %%s %%s\\n" "$@"' - ${words.join(" ")}`,
  ];
}

export function environment(): Record<string, string> {
  const given = Object.entries(process.env).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(given.map(([name, value = ""]) => [name, value])), LC_ALL: "C" };
}
