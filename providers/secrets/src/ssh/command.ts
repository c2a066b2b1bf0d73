import { shellProgram, type Command } from "../host/session.ts";
import type { SshConnection } from "./connection.ts";

/** What every connection wants of ssh, whatever its configuration file says. Source: ssh_config(5). */
const always = [
  // Asks nobody anything: what cannot be done without an answer fails.
  "BatchMode=yes",
  "StrictHostKeyChecking=yes",
  "UpdateHostKeys=no",
  // A connection of our own: one that another ssh shares may have been checked otherwise.
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

/** The variables that ssh and what it starts may see: secrets may lie in others. */
const passed = /^(PATH|HOME|USER|LOGNAME|SHELL|TMPDIR|SSH_AUTH_SOCK|XDG_RUNTIME_DIR|KRB5CCNAME)$/;

/** The shell of the machine that runs this. */
export const localCommand = (): Command => ({
  program: "/bin/sh",
  args: ["-c", shellProgram],
  environment: environment(),
});

/** ssh with a shell on the host. `agent` is the socket of the ssh-agent that has the identity; null is the user's own. */
export function sshCommand(ssh: SshConnection, agent: string | null): Command {
  const { host, port, user, hostKey, configFile, elevate } = ssh;
  const options = [
    ...always,
    ...(agent === null ? [] : [`IdentityAgent=${agent}`]),
    ...(hostKey === null ? [] : pinned(hostKey)),
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
      // The login shell reads this line, whichever it is: no more than words and single quotes.
      `exec ${elevate === "none" ? "" : `${elevate} -n `}sh -c '${shellProgram}'`,
    ],
    environment: environment(),
  };
}

/** Nothing but this key is known, under a name that stands in no file of known hosts. */
function pinned(hostKey: string): string[] {
  const [algorithm, key] = hostKey.split(" ");
  return [
    "HostKeyAlias=nixops4-pinned",
    "CheckHostIP=no",
    "GlobalKnownHostsFile=/dev/null",
    "UserKnownHostsFile=/dev/null",
    "VerifyHostKeyDNS=no",
    `KnownHostsCommand=/bin/sh -c 'echo "$@"' - nixops4-pinned ${algorithm} ${key}`,
  ];
}

export function environment(): Record<string, string> {
  const given = Object.entries(process.env).filter(([name]) => passed.test(name));
  return { ...Object.fromEntries(given.map(([name, value = ""]) => [name, value])), LC_ALL: "C" };
}
